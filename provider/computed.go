package provider

import (
	"fmt"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// computedAttributes derives the attributes of a data source from those of a resource: the same values, read and never
// configured. What is write-only, and what only steers it, is left out.
func computedAttributes(from map[string]resource.Attribute) map[string]datasource.Attribute {
	to := make(map[string]datasource.Attribute, len(from))
	for name, a := range from {
		if name == attrSecret || name == attrSecretVersion {
			continue
		}
		to[name] = computedAttribute(name, a)
	}
	return to
}

// computedAttribute panics at a kind of attribute that no resource of ours has had so far, at the first use of the
// provider: a test makes that certain before a release.
func computedAttribute(name string, from resource.Attribute) datasource.Attribute {
	switch a := from.(type) {
	case resource.StringAttribute:
		return datasource.StringAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case resource.BoolAttribute:
		return datasource.BoolAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case resource.Int64Attribute:
		return datasource.Int64Attribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case resource.Float64Attribute:
		return datasource.Float64Attribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case resource.ListAttribute:
		return datasource.ListAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription, ElementType: a.ElementType}
	case resource.ListNestedAttribute:
		return datasource.ListNestedAttribute{
			Computed: true, MarkdownDescription: a.MarkdownDescription,
			NestedObject: datasource.NestedAttributeObject{Attributes: computedAttributes(a.NestedObject.Attributes)},
		}
	case resource.SingleNestedAttribute:
		return datasource.SingleNestedAttribute{
			Computed: true, MarkdownDescription: a.MarkdownDescription, Attributes: computedAttributes(a.Attributes),
		}
	case resource.MapNestedAttribute:
		return datasource.MapNestedAttribute{
			Computed: true, MarkdownDescription: a.MarkdownDescription,
			NestedObject: datasource.NestedAttributeObject{Attributes: computedAttributes(a.NestedObject.Attributes)},
		}
	}
	panic(fmt.Sprintf("attribute %s: no data source attribute for %T", name, from))
}
