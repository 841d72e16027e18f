package pluginsdk

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

type (
	Resource = schema.Resource
	Schema   = schema.Schema
)

const TypeString = schema.TypeString
