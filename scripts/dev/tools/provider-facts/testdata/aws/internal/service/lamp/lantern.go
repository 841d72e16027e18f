package lamp

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// @FrameworkResource("aws_lantern", name="Lantern")
func newLantern(context.Context) (resource.ResourceWithConfigure, error) {
	return &lantern{}, nil
}

type lantern struct{ base }

type base struct{}

func (r *base) Schema(_ context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"glass": schema.StringAttribute{
				Optional:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()},
			},
			"key":  schema.StringAttribute{Optional: true, Sensitive: true},
			"oil":  schema.StringAttribute{Optional: true},
			"wick": schema.StringAttribute{Optional: true},
		},
		Blocks: map[string]schema.Block{
			"handle": schema.ListNestedBlock{
				NestedObject: schema.NestedBlockObject{
					Attributes: map[string]schema.Attribute{"grip": schema.StringAttribute{Optional: true}},
				},
			},
		},
	}
}

func (r *lantern) ModifyPlan(_ context.Context, _ resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	response.RequiresReplace = append(response.RequiresReplace, path.Root("oil"))
}
