package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

func matchAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Required:            true,
		MarkdownDescription: "How a row finds its record.",
		Attributes: map[string]schema.Attribute{
			"column": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Report column that holds the key.",
			},
			"field": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "API name of the field that the key is looked up in, such as `Email`. It need not be an external id. Records that are " +
					"created get the key in it.",
			},
			"transform": stepsAttribute("the report's key", ""),
			"field_transform": stepsAttribute("the field's value", "With `sha256_base64`, hashed ids of a report find plain e-mail addresses. Every record of "+
				"the object is read then, and none can be created."),
			"on_multiple": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What to do with a row whose key several records have: `reject` leaves all of them alone, `update_all` writes " +
					"each of them. Default: `reject`.",
			},
		},
	}
}

func mappingsAttribute() schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Required: true,
		MarkdownDescription: "What feeds each field, by the field's API name. Each mapping has exactly one of `column`, `constant` and " +
			"`lookup`.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"column": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Report column that feeds the field.",
			},
			"constant": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Value that every row writes.",
			},
			"lookup":    lookupAttribute(),
			"transform": stepsAttribute("the cell, for a `lookup` the parent's key,", ""),
			"on_null": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What to do when the cell is empty: `skip` leaves the field alone, `clear` empties it. " +
					"Default: `skip`.",
			},
			"date_format": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How the column writes dates and times: `YYYY`, `MM`, `DD`, `HH` (00 to 23), `mm`, `ss`, `SSS` (milliseconds) and `Z` " +
					"(`Z` or an offset such as `+02:00`), parted by blanks, `T` or any of `- / . : ,`, such as `DD/MM/YYYY HH:mm`. " +
					"Default: `YYYY-MM-DD` for a date; `YYYY-MM-DD HH:mm:ss` for a date and time, with a blank or a `T` between, and `Z`, `+02:00` or " +
					"`+0200` behind if it is not meant in `time_zone`; `HH:mm` or `HH:mm:ss` for a time of day. Seconds may have a fraction.",
			},
			"time_zone": zoneAttribute("IANA time zone of the column's times that name no offset. Default: `UTC`."),
		}},
	}
}

func lookupAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Feeds a reference field, such as `AccountId`, with the id of the parent record that has a key. A row whose parent is not " +
			"found, or found several times, is rejected.",
		Attributes: map[string]schema.Attribute{
			"object": schema.StringAttribute{Required: true, MarkdownDescription: "API name of the parent's object, such as `Account`."},
			"field":  schema.StringAttribute{Required: true, MarkdownDescription: "API name of the parent's field that holds the key."},
			"column": schema.StringAttribute{Required: true, MarkdownDescription: "Report column that holds the parent's key."},
		},
	}
}

// stepsAttribute describes the steps that a text passes, and what more there is to say of them.
func stepsAttribute(of, more string) schema.ListAttribute {
	description := "Steps that " + of + " passes, in order: `" + strings.Join(transform.Names(), "`, `") + "`. `regex` keeps the first capture " +
		"group, or the whole match when there is none, and nothing where it does not match (syntax: RE2)."
	if more != "" {
		description += " " + more
	}
	return schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: description}
}
