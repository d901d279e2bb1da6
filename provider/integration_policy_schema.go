package provider

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

func duplicatesAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "What becomes of rows with the same key that say different things. Rows that say the same collapse into one " +
			"whatever is set here.",
		Attributes: map[string]schema.Attribute{
			"keep": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Which of them is used: `reject` uses none, `first` or `last` one of them. Default: `reject`.",
			},
			"order_by": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Report column that says which is first and which is last: compared as numbers or as times (in the default " +
					"forms of `date_format`) where all cells that are not empty are, else as text. An empty cell comes before all others; rows that the " +
					"column does not tell apart stay in the order of the report. Default: the order of the report.",
			},
		},
	}
}

func freshnessAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How old a report may be. Default: any age.",
		Attributes: map[string]schema.Attribute{
			"max_age": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Oldest report that a run uses, by the time at which it was last changed: a duration such as `26h`, at " +
					"most 31 days. `ignore_guards` lets one run use an older one, without a wait.",
			},
			"wait": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long a run waits for a newer report before it fails: a duration such as `3h`, less than a day. Default: " +
					"it does not wait.",
			},
		},
	}
}

func guardsAttribute() schema.SingleNestedAttribute {
	percent := func(description string) schema.Float64Attribute {
		return schema.Float64Attribute{Optional: true, MarkdownDescription: description + " Default: no limit."}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Limits, in percent, that stop a run before its first write. A run that is stopped has failed and has written nothing; " +
			"`ignore_guards` lets another one through.",
		Attributes: map[string]schema.Attribute{
			"max_rejected_percent": percent("Most rows that may be rejected before the first write (unmatched, ambiguous, duplicate or invalid), " +
				"of the rows read."),
			"max_changed_percent": percent("Most records that may change, of the records matched."),
			"max_cleared_percent": percent("Most records that may lose a value, of the records matched."),
			"max_created_percent": percent("Most rows for which a record may be created, of the rows read."),
			"min_rows_percent": percent("Fewest rows that the report may have, of those that the last run that went through has read: `80` stops a run " +
				"when a report has shrunk by more than a fifth. An empty report is stopped too, unless this is 0."),
		},
	}
}

func writesAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How rows are written.",
		Attributes: map[string]schema.Attribute{
			"route": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "By which API: `auto` takes what costs fewer API calls for the rows at hand, `collections` always sObject Collections, " +
					"`bulk` always Bulk API 2.0. Default: `auto`.",
			},
			"batch_rows": schema.Int64Attribute{
				Optional: true,
				MarkdownDescription: "Most rows that one call of sObject Collections writes, 1 to 200. Fewer help where the org's triggers reach " +
					"their limits. The Bulk API is not used then unless `route` says so. Default: the connection's `limits.batch_rows`.",
			},
			"duplicate_rules": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What to do about the org's duplicate rules: `respect` fails rows that a rule alerts about, `allow_save` saves them. The " +
					"Bulk API, which has no such option, is not used then. Default: `respect`.",
			},
			"assignment_rule": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Rule that assigns an owner to records of `Case` and `Lead`: `none`, `active` for the one that is active in the org, or the " +
					"id of one. Default: `none`.",
			},
		},
	}
}
