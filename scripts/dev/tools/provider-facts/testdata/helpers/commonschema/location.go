package commonschema

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

func Location() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Required: true, ForceNew: true}
}
