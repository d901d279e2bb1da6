package provider

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

func integrationSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A report mapped onto a Salesforce object: which rows belong to which records, which columns feed which fields, " +
			"and when. Columns and fields are checked against the report and the org when it is planned, as far as both are known " +
			"and can be reached, and again when it is applied. Every change is made in place and counts the revision up; " +
			"a run uses one revision from start to end.",
		Attributes: integrationAttributes(),
	}
}

func integrationAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": idAttribute("integration"),
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Unique name.",
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What it is for.",
		},
		"enabled": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether the schedule starts runs. Runs on demand start either way. Default: `true`.",
		},
		"source_id": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Id of the source that the report comes from.",
		},
		"report": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Path of the report within its source. It may be a glob (`*`, `?`, `[..]`, `{a,b}`, `**`); " +
				"of what it matches, the newest report is taken.",
		},
		"connection_id": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Id of the connection to the org that is written to.",
		},
		"object": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "API name of the Salesforce object, such as `Contact`.",
		},
		"operation": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "What a run does with the rows: `update` writes onto the records that match and creates none; `upsert` creates a record for " +
				"each row without one as well; `insert` only creates, and leaves the records that match alone. Each may be repeated: what is " +
				"done is not done again. Default: `update`.",
		},
		"match":      matchAttribute(),
		"mappings":   mappingsAttribute(),
		"duplicates": duplicatesAttribute(),
		"change_detection": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How it is found out what to write: `salesforce` compares with the org and writes only what differs, `none` writes every " +
				"row that has a record. Default: `salesforce`.",
		},
		"freshness": freshnessAttribute(),
		"guards":    guardsAttribute(),
		"writes":    writesAttribute(),
		"schedule":  scheduleAttribute(),
		"time_zone": zoneAttribute("IANA time zone that `schedule` is meant in, such as `Europe/Berlin`. Default: `UTC`."),
		"revision":  revisionAttribute(),
	}
}

func scheduleAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "When to run: a cron expression of five fields (minute, hour, day, month, weekday), or `manual` " +
			"for runs on demand only. Default: `0 9 * * *`, every day at nine.",
	}
}

func zoneAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}
