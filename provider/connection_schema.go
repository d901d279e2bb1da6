package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Attributes that say which secret to send. They are the resource's alone.
const (
	attrSecret        = "client_secret_wo"
	attrSecretVersion = "client_secret_wo_version"
)

func connectionSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An authorised Salesforce org that integrations write to. The daemon logs in before it stores the connection, " +
			"so that wrong credentials fail the apply.\n\n" +
			"The secret is write-only: it stands neither in the plan nor in the state. A changed secret is found by a salted hash that is " +
			"kept in the resource's private state, and sent by an update in place; so is the configured secret when somebody has replaced it " +
			"elsewhere. After an import there is nothing to compare the secret with: it is taken to be the stored one until the connection " +
			"is next updated, and a warning says so.",
		Attributes: connectionAttributes(),
	}
}

func connectionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": idAttribute("connection"),
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Unique name.",
		},
		"environment": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Kind of org: `production` or `sandbox`.",
		},
		"login_url": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The org's My Domain URL, such as `https://acme.my.salesforce.com`. Default: `https://login.salesforce.com` " +
				"or `https://test.salesforce.com` by environment, where client credentials don't work.",
		},
		"client_credentials": schema.SingleNestedAttribute{
			Required: true,
			MarkdownDescription: "Log in by the OAuth 2.0 client credentials flow: as the run-as user of an app, on the org's My Domain. " +
				"`login_url` must be set.",
			Attributes: map[string]schema.Attribute{
				"client_id": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "Consumer key of the app.",
				},
				attrSecret: schema.StringAttribute{
					Required: true, WriteOnly: true, Sensitive: true,
					// The daemon takes an empty secret for one that is left out, and keeps the stored one.
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
					MarkdownDescription: "Consumer secret of the app. Write-only: it may come from an ephemeral value and is never stored by Terraform.",
				},
				attrSecretVersion: schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "Any number. When it is set, a new secret is sent whenever this number changes, and not when only the " +
						"secret does: for secrets that differ at every run.",
				},
			},
		},
		"limits": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "What runs may use of the org.",
			Attributes: map[string]schema.Attribute{
				"batch_rows": schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "Most rows that one call of sObject Collections writes, 1 to 200, unless an integration says otherwise. " +
						"Few rows a call make many calls, so that the Bulk API is taken earlier; a run's forecast says where that is so. Default: `200`.",
				},
				"daily_api_calls": schema.Int64Attribute{
					Optional: true,
					MarkdownDescription: "Most API calls that all runs on this connection make in a day (UTC). A run that needs more fails; `ignore_guards` lets one " +
						"through, and a dry run goes on and says so. Default: as many as the org allows.",
				},
			},
		},
		"revision": revisionAttribute(),
		"credentials_fingerprint": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Changes whenever the stored secret does, and tells nothing about it.",
		},
	}
}
