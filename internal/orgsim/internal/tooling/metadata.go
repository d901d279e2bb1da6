package tooling

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// metadata is the definition of a custom field (Metadata API guide: CustomField).
// A nil member was not sent.
type metadata struct {
	Label             *string   `json:"label,omitempty"`
	Type              string    `json:"type"`
	Length            *int      `json:"length,omitempty"`
	Precision         *int      `json:"precision,omitempty"`
	Scale             *int      `json:"scale,omitempty"`
	Required          *bool     `json:"required,omitempty"`
	Unique            *bool     `json:"unique,omitempty"`
	CaseSensitive     *bool     `json:"caseSensitive,omitempty"`
	ExternalID        *bool     `json:"externalId,omitempty"`
	VisibleLines      *int      `json:"visibleLines,omitempty"`
	ValueSet          *valueSet `json:"valueSet,omitempty"`
	ReferenceTo       *string   `json:"referenceTo,omitempty"`
	RelationshipName  *string   `json:"relationshipName,omitempty"`
	RelationshipLabel *string   `json:"relationshipLabel,omitempty"`
	RelationshipOrder *int      `json:"relationshipOrder,omitempty"`
	DeleteConstraint  *string   `json:"deleteConstraint,omitempty"`
	DisplayFormat     *string   `json:"displayFormat,omitempty"`
	StartingNumber    *int      `json:"startingNumber,omitempty"`
	DefaultValue      *text     `json:"defaultValue,omitempty"`
	Description       *string   `json:"description,omitempty"`
	InlineHelpText    *string   `json:"inlineHelpText,omitempty"`
	TrackHistory      *bool     `json:"trackHistory,omitempty"`
	TrackFeedHistory  *bool     `json:"trackFeedHistory,omitempty"`
	TrackTrending     *bool     `json:"trackTrending,omitempty"`
	Formula           *string   `json:"formula,omitempty"`
}

// text takes a JSON text or literal: a default may be sent as true or "true".
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	var quoted string
	if json.Unmarshal(raw, &quoted) == nil {
		*t = text(quoted)
		return nil
	}
	*t = text(raw)
	return nil
}

type valueSet struct {
	Restricted *bool `json:"restricted,omitempty"`
	Definition struct {
		Sorted bool            `json:"sorted"`
		Values []picklistValue `json:"value"`
	} `json:"valueSetDefinition"`
}

// picklistValue is called by valueName in the Tooling API and by fullName in the
// Metadata API; both are taken.
type picklistValue struct {
	FullName  string  `json:"fullName,omitempty"`
	ValueName string  `json:"valueName,omitempty"`
	Default   bool    `json:"default"`
	Label     *string `json:"label,omitempty"`
	Active    *bool   `json:"isActive,omitempty"`
}

// kind is one type of custom field: what its definition must say and may say
// besides label and description, and the type that it has in the schema.
type kind struct {
	is        schema.Type
	must, may []string
}

func kinds() map[string]kind {
	key := []string{"required", "unique", "externalId", "caseSensitive", "defaultValue"}
	plain := []string{"required", "defaultValue"}
	return map[string]kind{
		"Text":                {schema.Text, []string{"length"}, key},
		"TextArea":            {schema.TextArea, nil, plain},
		"LongTextArea":        {schema.TextArea, []string{"length", "visibleLines"}, []string{"defaultValue"}},
		"Number":              {schema.Number, []string{"precision", "scale"}, []string{"required", "unique", "externalId", "defaultValue"}},
		"Currency":            {schema.Currency, []string{"precision", "scale"}, plain},
		"Percent":             {schema.Percent, []string{"precision", "scale"}, plain},
		"Checkbox":            {schema.Checkbox, []string{"defaultValue"}, nil},
		"Date":                {schema.Date, nil, plain},
		"DateTime":            {schema.DateTime, nil, plain},
		"Time":                {schema.Time, nil, plain},
		"Email":               {schema.Email, nil, []string{"required", "unique", "externalId", "defaultValue"}},
		"Phone":               {schema.Phone, nil, plain},
		"Url":                 {schema.URL, nil, plain},
		"Picklist":            {schema.Picklist, []string{"valueSet"}, []string{"required"}},
		"MultiselectPicklist": {schema.MultiPicklist, []string{"valueSet", "visibleLines"}, []string{"required"}},
		"Lookup":              {schema.Reference, []string{"referenceTo", "relationshipName"}, []string{"required", "relationshipLabel", "deleteConstraint"}},
		"MasterDetail":        {schema.MasterDetail, []string{"referenceTo", "relationshipName"}, []string{"relationshipLabel", "relationshipOrder"}},
		"AutoNumber":          {schema.AutoNumber, []string{"displayFormat"}, []string{"externalId", "startingNumber"}},
	}
}

// sent lists the members that depend on the type and that say something: false
// says no more than nothing.
func (m *metadata) sent() []string {
	yes := func(b *bool) bool { return b != nil && *b }
	var names []string
	for _, member := range []struct {
		name string
		sent bool
	}{
		{"length", m.Length != nil}, {"precision", m.Precision != nil}, {"scale", m.Scale != nil},
		{"required", yes(m.Required)}, {"unique", yes(m.Unique)}, {"caseSensitive", yes(m.CaseSensitive)}, {"externalId", yes(m.ExternalID)},
		{"visibleLines", m.VisibleLines != nil}, {"valueSet", m.ValueSet != nil}, {"referenceTo", m.ReferenceTo != nil},
		{"relationshipName", m.RelationshipName != nil}, {"relationshipLabel", m.RelationshipLabel != nil},
		{"relationshipOrder", m.RelationshipOrder != nil}, {"deleteConstraint", m.DeleteConstraint != nil},
		{"displayFormat", m.DisplayFormat != nil}, {"startingNumber", m.StartingNumber != nil},
		{"defaultValue", m.DefaultValue != nil}, {"formula", m.Formula != nil},
	} {
		if member.sent {
			names = append(names, member.name)
		}
	}
	return names
}

// check refuses what does not fit the type, in Salesforce's words.
func (m *metadata) check() (kind, *sferr.Error) {
	k, known := kinds()[m.Type]
	if !known {
		return k, sferr.Integrity("type", "'%s' is not a type of custom field that the simulated org has", m.Type)
	}
	if m.Label == nil || strings.TrimSpace(*m.Label) == "" {
		return k, sferr.On([]string{"label"}, "REQUIRED_FIELD_MISSING", "Required field is missing: label")
	}
	if refused := checkLabel(*m.Label); refused != nil {
		return k, refused
	}
	sent := m.sent()
	for _, name := range sent {
		if !slices.Contains(k.must, name) && !slices.Contains(k.may, name) {
			return k, sferr.Integrity(name, "Can not specify '%s' for a CustomField of type %s", name, m.Type)
		}
	}
	for _, name := range k.must {
		if !slices.Contains(sent, name) {
			return k, sferr.Integrity(name, "Must specify '%s' for a CustomField of type %s", name, m.Type)
		}
	}
	return k, m.checkValues()
}

func (m *metadata) checkValues() *sferr.Error {
	switch {
	case m.Type == "LongTextArea" && *m.Length < 256:
		return sferr.Integrity("length", "Long text area length must be at least 256")
	case m.Length != nil && *m.Length < 1:
		return sferr.Integrity("length", "The length of a CustomField of type %s must be at least 1: %d", m.Type, *m.Length)
	case m.Precision != nil && *m.Precision < 1:
		return sferr.Integrity("precision", "The precision of a CustomField of type %s must be at least 1: %d", m.Type, *m.Precision)
	case m.DefaultValue != nil && m.Type != "Checkbox":
		return sferr.Integrity("defaultValue", "the simulated org does not evaluate the formula of a default value: %s", *m.DefaultValue)
	case m.DefaultValue != nil && *m.DefaultValue != "true" && *m.DefaultValue != "false":
		return sferr.Integrity("defaultValue", "the default value of a Checkbox is true or false")
	case m.StartingNumber != nil && *m.StartingNumber != 1:
		return sferr.Integrity("startingNumber", "auto numbers of the simulated org start at 1")
	case m.RelationshipName != nil:
		return checkRelationshipName(*m.RelationshipName)
	}
	return nil
}
