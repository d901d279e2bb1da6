package provider

import "github.com/hashicorp/terraform-plugin-framework/resource/schema"

func sourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A place that reports come from. The daemon looks at it before it stores it.",
		Attributes:          sourceAttributes(),
	}
}

func sourceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": idAttribute("source"),
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Unique name.",
		},
		"files": schema.SingleNestedAttribute{
			Required:            true,
			MarkdownDescription: "Reports are CSV files in a folder.",
			Attributes: map[string]schema.Attribute{
				"url": schema.StringAttribute{
					Required: true,
					MarkdownDescription: "`file://` URL of a folder on the daemon's machine, such as `file:///var/lib/reportsync/reports`. " +
						"It must be one of the daemon's `file_roots` or below one.",
				},
			},
		},
		"revision": revisionAttribute(),
	}
}
