package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Values of fail_on.
const (
	failOnFailed = "failed"
	failOnAnyRow = "any_row"
	failOnNever  = "never"
)

func runSchema(ctx context.Context) schema.Schema {
	attributes := runValueAttributes()
	attributes["id"] = idAttribute("run")
	attributes["integration_id"] = schema.StringAttribute{
		Required:            true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
		PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		MarkdownDescription: "Id of the integration to run. Another one starts another run.",
	}
	attributes["triggers"] = schema.MapAttribute{
		Optional: true, ElementType: types.StringType,
		PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplaceIf(unlessImported, runAgain, runAgain)},
		MarkdownDescription: "Any texts. When one of them changes, another run is started; the integration's `revision` here means a run " +
			"after each change of it.",
	}
	attributes["dry_run"] = runFlag("Whether to stop before the first write and count what would have happened. Another value starts another run. Default: `false`.")
	attributes["full_resync"] = runFlag("Whether to write matching rows even where nothing differs. Another value starts another run. Default: `false`.")
	attributes["ignore_guards"] = runFlag("Whether to let this run through whatever the integration's `guards` and `freshness`, the connection's `limits.daily_api_calls` and " +
		"what is left of the org's API calls say; it waits for no newer report. Another value starts another run. Default: `false`.")
	attributes["wait"] = schema.BoolAttribute{
		Optional: true,
		MarkdownDescription: "Whether the apply waits for the run's end, and before that for the end of another run of the integration " +
			"that is under way. Default: `true`.",
	}
	attributes["fail_on"] = schema.StringAttribute{
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(failOnFailed, failOnAnyRow, failOnNever)},
		MarkdownDescription: "What makes the apply fail when it waits: `failed` a run that failed or was cancelled, `any_row` also a single " +
			"row that was rejected, `never` nothing. The next apply then starts another run. Default: `failed`.",
	}
	attributes["timeouts"] = runTimeouts(ctx)
	return schema.Schema{
		MarkdownDescription: "One run of an integration, started when this is created. It never runs again by itself: only another " +
			"`integration_id`, another value in `triggers`, or another `dry_run`, `full_resync` or `ignore_guards` starts another run in its place.\n\n" +
			"Destroying it cancels the run if it is under way; what it has written stays written, and its record and log stay with the " +
			"daemon. When the daemon has dropped an old run's record, what Terraform knows of it stays as it is.",
		Attributes: attributes,
	}
}

func runTimeouts(ctx context.Context) schema.Attribute {
	t := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Delete: true,
		CreateDescription: fmt.Sprintf("How long to wait for the run's end, such as `90m`. The run itself goes on after that. Default: `%s`.", shortDuration(defaultRunWait)),
		DeleteDescription: fmt.Sprintf("How long to wait for a run to end that was cancelled. Default: `%s`.", shortDuration(defaultCancelWait)),
	})
	if nested, ok := t.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long to wait."
		return nested
	}
	return t
}

const runAgain = "Another value starts another run."

// runFlag is a flag of which unset and false are the same: turning one into the other changes nothing.
func runFlag(description string) schema.BoolAttribute {
	differs := func(_ context.Context, req planmodifier.BoolRequest, resp *boolplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = req.PlanValue.IsUnknown() || req.PlanValue.ValueBool() != req.StateValue.ValueBool()
	}
	return schema.BoolAttribute{
		Optional:            true,
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.RequiresReplaceIf(differs, runAgain, runAgain)},
		MarkdownDescription: description,
	}
}

// unlessImported lets the first plan after an import take over the configured triggers, which no daemon knows.
func unlessImported(ctx context.Context, req planmodifier.MapRequest, resp *mapplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !isImported(ctx, req.Private, &resp.Diagnostics)
}
