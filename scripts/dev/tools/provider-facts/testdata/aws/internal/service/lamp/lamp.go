package lamp

import (
	"context"
	"os"

	"example.test/aws/names"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/customdiff"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// @SDKResource("aws_lamp", name="Lamp")
func resourceLamp() *schema.Resource {
	attributes := map[string]*schema.Schema{
		names.AttrName: {Type: schema.TypeString, Required: true, ForceNew: true},
		"colour":       {Type: schema.TypeString, Optional: true},
		"secret":       {Type: schema.TypeString, Optional: true, Sensitive: true},
		"id_of_lamp":   {Type: schema.TypeString, Computed: true},
		"helped":       helped(),
		"watts":        {Type: schema.TypeInt, Optional: true},
		"volts":        {Type: schema.TypeInt, Optional: true},
		"amperes":      {Type: schema.TypeInt, Optional: true},
		"shade":        shade(),
		"bulb": {
			Type: schema.TypeSet, Optional: true,
			Elem: &schema.Resource{Schema: map[string]*schema.Schema{
				"socket": {Type: schema.TypeString, Required: true, ForceNew: true},
				"label":  {Type: schema.TypeString, Optional: true},
			}},
		},
		"foot": {
			Type: schema.TypeList, Optional: true, ForceNew: true, MaxItems: 1,
			Elem: &schema.Resource{Schema: map[string]*schema.Schema{
				"height": {Type: schema.TypeInt, Optional: true},
			}},
		},
		"stand": {
			Type: schema.TypeList, Required: true, ForceNew: true, MaxItems: 1,
			Elem: &schema.Resource{Schema: map[string]*schema.Schema{
				"width": {Type: schema.TypeInt, Optional: true},
			}},
		},
		"cable":    {Type: schema.TypeString, Optional: true, ForceNew: elsewhere()},
		"overseas": {Type: schema.TypeString, Optional: true},
		"plug":     {Type: schema.TypeString, Optional: true},
	}
	for _, name := range []string{"plug"} {
		attributes[name].ForceNew = true
	}
	if len(os.Args) > 3 {
		attributes["overseas"].ForceNew = true
	}
	if os.Getenv("LAMP_BETA") == "true" {
		attributes["beta"] = helped()
	}
	return &schema.Resource{
		CreateWithoutTimeout: create,
		UpdateWithoutTimeout: create,
		Schema:               attributes,
		CustomizeDiff: customdiff.All(
			customdiff.ForceNewIfChange("watts", func(context.Context, any, any, any) bool { return true }),
			dimmer,
		),
	}
}

func dimmer(_ context.Context, diff *schema.ResourceDiff, _ any) error {
	for _, name := range []string{"volts"} {
		if diff.HasChange(name) {
			return diff.ForceNew(name)
		}
	}
	return nil
}

func helped() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, ForceNew: true}
}

func shade() *schema.Schema {
	return &schema.Schema{
		Type: schema.TypeList, Optional: true, MaxItems: 1,
		Elem: &schema.Resource{Schema: parts(1)},
	}
}

// parts has itself in it, to a depth.
func parts(depth int) map[string]*schema.Schema {
	all := map[string]*schema.Schema{"fabric": {Type: schema.TypeString, Optional: true, ForceNew: true}}
	if depth > 0 {
		all["lining"] = &schema.Schema{
			Type: schema.TypeList, Optional: true,
			Elem: &schema.Resource{Schema: parts(depth - 1)},
		}
	}
	return all
}

func elsewhere() bool { return len(os.Args) > 3 }

// @SDKResource("aws_candle", name="Candle")
func resourceCandle() *schema.Resource {
	return &schema.Resource{
		CreateWithoutTimeout: create,
		Schema: map[string]*schema.Schema{
			"wax": {Type: schema.TypeString, Optional: true},
		},
	}
}

// @SDKResource("aws_torch", name="Torch")
func resourceTorch() *schema.Resource {
	return &schema.Resource{
		UpdateWithoutTimeout: create,
		Schema:               map[string]*schema.Schema{"oil": {Type: schema.TypeString, Optional: true}},
		CustomizeDiff: func(_ context.Context, diff *schema.ResourceDiff, _ any) error {
			return diff.ForceNew(diff.Id())
		},
	}
}

// @SDKDataSource("aws_lamp", name="Lamp")
func dataSourceLamp() *schema.Resource {
	return &schema.Resource{
		Schema: map[string]*schema.Schema{"secret": {Type: schema.TypeString, Computed: true, Sensitive: true}},
	}
}
