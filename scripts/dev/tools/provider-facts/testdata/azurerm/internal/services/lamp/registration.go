package lamp

import (
	"example.test/azurerm/internal/tf/pluginsdk"
	"example.test/helpers/commonschema"
)

type Registration struct{}

func (r Registration) SupportedResources() map[string]*pluginsdk.Resource {
	return map[string]*pluginsdk.Resource{"azurerm_lamp": resourceLamp()}
}

func resourceLamp() *pluginsdk.Resource {
	return &pluginsdk.Resource{
		Update: update,
		Schema: map[string]*pluginsdk.Schema{
			"location": commonschema.Location(),
			"colour":   {Type: pluginsdk.TypeString, Optional: true},
		},
	}
}

type TypedLamp struct{}

func (r TypedLamp) ResourceType() string { return "azurerm_typed_lamp" }

func (r TypedLamp) Arguments() map[string]*pluginsdk.Schema {
	return map[string]*pluginsdk.Schema{
		"location": commonschema.Location(),
		"colour":   {Type: pluginsdk.TypeString, Optional: true},
	}
}

func (r TypedLamp) Attributes() map[string]*pluginsdk.Schema {
	return map[string]*pluginsdk.Schema{"key": {Type: pluginsdk.TypeString, Computed: true, Sensitive: true}}
}

func (r TypedLamp) Create() {}

func (r TypedLamp) Update() {}
