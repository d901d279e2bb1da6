package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// runValueAttributes are what a run tells of itself, the same wherever a run is shown. All of them keep their value
// when the resource is updated in place, since that starts nothing.
func runValueAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"integration_name": runText("Name that the integration had when the run was asked for."),
		"report":           runText("Path of the report that was read; before it is known, what the integration names."),
		"object":           runText("API name of the Salesforce object."),
		"trigger":          runText("What started it: `schedule`, `manual`, `terraform` or `api`."),
		"status":           runText("`queued`, `running`, `completed`, `completed_with_errors` (some rows were rejected), `failed` or `cancelled`."),
		"started_at":       runText("When it started, in UTC (RFC 3339); null before."),
		"finished_at":      runText("When it ended, in UTC (RFC 3339); null before."),
		"runtime_seconds": schema.Float64Attribute{
			Computed: true, PlanModifiers: []planmodifier.Float64{float64planmodifier.UseStateForUnknown()},
			MarkdownDescription: "From start to end, in seconds; null before it ended.",
		},
		"counts":         runObject("Rows that were read, and how many of them had which outcome.", countAttributes()),
		"api_calls":      runNumber("Salesforce API calls that it made."),
		"bulk_batches":   runNumber("Internal Bulk API batches that it used."),
		"bytes_sent":     runNumber("Bytes that it sent to Salesforce in request bodies."),
		"bytes_received": runNumber("Bytes that it received from Salesforce, uncompressed."),
		"error":          runObject("Why it failed; null if it did not.", errorAttributes()),
		"revision":       runNumber("Revision of the integration that it used."),
		"report_version": runObject("The very version of the report that was read; null before.", map[string]schema.Attribute{
			"path":        runText("Path within the source."),
			"modified_at": runText("When the report was last changed, in UTC (RFC 3339)."),
			"size":        runNumber("Its size in bytes."),
			"sha256":      runText("Hash of its content; null before it was read in full."),
		}),
	}
	maps.Copy(attributes, runFactAttributes())
	return attributes
}

func errorAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"code":    runText("The kind of error, for programs."),
		"message": runText("What went wrong."),
		"hint":    runText("The way out; null when the message holds it."),
	}
}

// countDescriptions explains each outcome.
var countDescriptions = map[reportsync.OutcomeKind]string{
	reportsync.Updated:     "Rows whose record was changed.",
	reportsync.Created:     "Rows that a record was made for.",
	reportsync.Unchanged:   "Rows whose values stood in Salesforce already.",
	reportsync.Unmatched:   "Rows whose key no record has.",
	reportsync.Ambiguous:   "Rows whose key several records have.",
	reportsync.Duplicate:   "Rows whose key other rows of the report have: those rejected for it, and those that gave way to another by rule.",
	reportsync.Malformed:   "Rows that, or a value of which, can't be read.",
	reportsync.Failed:      "Rows that Salesforce refused.",
	reportsync.Unprocessed: "Rows that the run ended before.",
}

func countAttributes() map[string]schema.Attribute {
	counts := map[string]schema.Attribute{"read": runNumber("Rows that were read from the report.")}
	for _, kind := range reportsync.OutcomeKinds {
		counts[string(kind)] = runNumber(countDescriptions[kind])
	}
	return counts
}

func runText(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		MarkdownDescription: description,
	}
}

func runNumber(description string) schema.Int64Attribute {
	return schema.Int64Attribute{
		Computed: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
		MarkdownDescription: description,
	}
}

func runObject(description string, attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Computed: true, PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		MarkdownDescription: description, Attributes: attributes,
	}
}
