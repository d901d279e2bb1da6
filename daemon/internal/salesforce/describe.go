package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Objects lists the objects that the run-as user may see, in Salesforce's order.
func (c *Client) Objects(ctx context.Context) ([]ObjectSummary, error) {
	const op = "list objects"
	answer, err := c.do(ctx, call{op: op, method: http.MethodGet, target: c.org.data("sobjects")})
	if err != nil {
		return nil, err
	}
	var global struct {
		SObjects []objectJSON `json:"sobjects"`
	}
	if err := decode(op, answer, &global); err != nil {
		return nil, err
	}
	objects := make([]ObjectSummary, 0, len(global.SObjects))
	for _, o := range global.SObjects {
		objects = append(objects, ObjectSummary{
			Name: o.Name, Label: o.Label, Custom: o.Custom,
			Queryable: o.Queryable, Createable: o.Createable, Updateable: o.Updateable,
		})
	}
	return objects, nil
}

// Describe reads one object with its fields. IsNotFound tells when there is no such object for the
// run-as user.
func (c *Client) Describe(ctx context.Context, object string) (*Object, error) {
	op := "describe " + object
	if object == "" {
		return nil, refuse("describe an object", "the object has no name")
	}
	target := c.org.data("sobjects/" + url.PathEscape(object) + "/describe")
	answer, err := c.do(ctx, call{op: op, method: http.MethodGet, target: target})
	if err != nil {
		if e, ok := asNotFound(err); ok && e.Op == op {
			e.Hint = hintFor(CodeInvalidType, "")
		}
		return nil, err
	}
	var described objectJSON
	if err := decode(op, answer, &described); err != nil {
		return nil, err
	}
	if !strings.EqualFold(described.Name, object) {
		return nil, unexpected(op, "the answer describes %q", described.Name)
	}
	return described.object(), nil
}

// objectJSON is the part of a describe answer that is used; the global describe has no fields.
type objectJSON struct {
	Name       string      `json:"name"`
	Label      string      `json:"label"`
	KeyPrefix  string      `json:"keyPrefix"`
	Custom     bool        `json:"custom"`
	Queryable  bool        `json:"queryable"`
	Createable bool        `json:"createable"`
	Updateable bool        `json:"updateable"`
	Fields     []fieldJSON `json:"fields"`
}

type fieldJSON struct {
	Name               string         `json:"name"`
	Label              string         `json:"label"`
	Type               FieldType      `json:"type"`
	Length             int            `json:"length"`
	Digits             int            `json:"digits"`
	Precision          int            `json:"precision"`
	Scale              int            `json:"scale"`
	Createable         bool           `json:"createable"`
	Updateable         bool           `json:"updateable"`
	Nillable           bool           `json:"nillable"`
	DefaultedOnCreate  bool           `json:"defaultedOnCreate"`
	Calculated         bool           `json:"calculated"`
	AutoNumber         bool           `json:"autoNumber"`
	ExternalID         bool           `json:"externalId"`
	Unique             bool           `json:"unique"`
	CaseSensitive      bool           `json:"caseSensitive"`
	IDLookup           bool           `json:"idLookup"`
	Filterable         bool           `json:"filterable"`
	RestrictedPicklist bool           `json:"restrictedPicklist"`
	PicklistValues     []picklistJSON `json:"picklistValues"`
	ReferenceTo        []string       `json:"referenceTo"`
	RelationshipName   string         `json:"relationshipName"`
}

type picklistJSON struct {
	Active bool   `json:"active"`
	Label  string `json:"label"`
	Value  string `json:"value"`
}

func (o objectJSON) object() *Object {
	made := &Object{
		Name: o.Name, Label: o.Label, KeyPrefix: o.KeyPrefix, Custom: o.Custom,
		Queryable: o.Queryable, Createable: o.Createable, Updateable: o.Updateable,
		Fields: make([]Field, 0, len(o.Fields)),
		byName: make(map[string]int, len(o.Fields)),
	}
	for i, f := range o.Fields {
		made.Fields = append(made.Fields, f.field())
		made.byName[strings.ToLower(f.Name)] = i
	}
	return made
}

func (f fieldJSON) field() Field {
	made := Field{
		Name: f.Name, Label: f.Label, Type: f.Type,
		Length: f.Length, Digits: f.Digits, Precision: f.Precision, Scale: f.Scale,
		Createable: f.Createable, Updateable: f.Updateable, Nillable: f.Nillable,
		DefaultedOnCreate: f.DefaultedOnCreate, Calculated: f.Calculated, AutoNumber: f.AutoNumber,
		ExternalID: f.ExternalID, Unique: f.Unique, CaseSensitive: f.CaseSensitive,
		IDLookup: f.IDLookup, Filterable: f.Filterable, RestrictedPicklist: f.RestrictedPicklist,
		ReferenceTo: f.ReferenceTo, RelationshipName: f.RelationshipName,
	}
	for _, p := range f.PicklistValues {
		if p.Active {
			made.PicklistValues = append(made.PicklistValues, p.Value)
			made.PicklistLabels = append(made.PicklistLabels, p.Label)
		}
	}
	return made
}

// asNotFound returns the error when it says that a resource does not exist.
func asNotFound(err error) (*Error, bool) {
	e, ok := errors.AsType[*Error](err)
	return e, ok && e.Status == http.StatusNotFound
}
