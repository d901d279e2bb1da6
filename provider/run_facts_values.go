package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
)

// runFactAttributes are what a run found out and used, besides its rows.
func runFactAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"org": runObject("The org that was written to, and as whom; null before the login.", map[string]schema.Attribute{
			"org_id":   runText("Id of the Salesforce org, 18 characters."),
			"user_id":  runText("Id of the user, 18 characters."),
			"username": runText("The user's name; null where the app may not read it."),
			"instance": runText("URL of the org's instance."),
		}),
		"forecast": runObject("Which ways of reading and writing were chosen, and what they were to cost, as said before the first write; null before.",
			map[string]schema.Attribute{
				"parents": runList("How the parents are found that lookups lead to, by field.", map[string]schema.Attribute{
					"field":  runText("Reference field that the lookup feeds."),
					"object": runText("Object of the parents."),
					"choice": runObject("How they are found.", choiceAttributes()),
				}),
				"match":                  runObject("How rows find their records.", choiceAttributes()),
				"write":                  runObject("How rows are written; null while that is not known.", choiceAttributes()),
				"api_calls":              runNumber("API calls of the whole run, those that found parents and records among them, without looks."),
				"looks":                  runNumber("Further calls that it is likely to take to look at its Bulk jobs while Salesforce works on them."),
				"bulk_batches":           runNumber("Internal Bulk API batches of the whole run."),
				"api_calls_remaining":    runNumber("What was left of the org's API calls for the day; null where the org did not tell."),
				"bulk_batches_remaining": runNumber("What was left of the org's Bulk API batches for the day; null where it was not asked."),
			}),
		"bulk_jobs": runList("Bulk API jobs that it made in Salesforce, oldest first.", map[string]schema.Attribute{
			"id":        runText("Salesforce's id of the job."),
			"operation": runText("`query`, `insert`, `update` or `upsert`."),
			"rows":      runNumber("Records that were sent, or came."),
		}),
		"artifact": runObject("Where the outcomes of its rows are kept; null before it ended.", map[string]schema.Attribute{
			"key":    runText("Name of the object in the daemon's bucket or folder of artifacts: lines of JSON, compressed by zstd."),
			"rows":   runNumber("Rows in it."),
			"bytes":  runNumber("Its size, compressed."),
			"sha256": runText("Hash of it."),
		}),
		"would_stop": runObject("What would have stopped it before its first write, such as a guard, had it been no dry run; null where nothing would, "+
			"and for other runs.", errorAttributes()),
		"waiting": runObject("What a queued run waits for; null for any other.", map[string]schema.Attribute{
			"until":  runText("When the wait is over and the run fails, unless what it waits for has come, in UTC (RFC 3339)."),
			"reason": runText("Why the run can't go on: the report is too old, or the org can't be asked what became of rows that it has got."),
		}),
	}
}

func choiceAttributes() map[string]schema.Attribute {
	const routes = "`none`, `lookups`, `pages`, `bulk` or `collections`."
	return map[string]schema.Attribute{
		"route": runText("The way that was chosen: " + routes),
		"why":   runText("Why, in a sentence."),
		"rows":  runNumber("Keys that are looked up, or records that are written."),
		"routes": runList("The ways that there were, cheapest first.", map[string]schema.Attribute{
			"route":        runText("The way: " + routes),
			"api_calls":    runNumber("API calls that it would take at least."),
			"looks":        runNumber("Further calls that it is likely to take to look at Bulk jobs while Salesforce works on them."),
			"bulk_batches": runNumber("Internal Bulk API batches that it would take."),
		}),
	}
}

func runList(description string, attributes map[string]schema.Attribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}
