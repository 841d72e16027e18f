package kubernetes

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

func Provider() *schema.Provider {
	return &schema.Provider{
		ResourcesMap: map[string]*schema.Resource{"kubernetes_lamp_v1": resourceLamp("old")},
	}
}

func resourceLamp(deprecated string) *schema.Resource {
	return &schema.Resource{
		DeprecationMessage: deprecated,
		UpdateContext:      update,
		Schema:             map[string]*schema.Schema{"metadata": metadata("lamp")},
	}
}

func metadata(name string) *schema.Schema {
	return &schema.Schema{
		Type: schema.TypeList, Required: true, MaxItems: 1,
		Elem: &schema.Resource{Schema: map[string]*schema.Schema{
			"name":   {Type: schema.TypeString, Optional: true, ForceNew: true, Description: name},
			"labels": {Type: schema.TypeMap, Optional: true},
		}},
	}
}
