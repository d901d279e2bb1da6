package fault

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsimple"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Block is a fault in a file, in HCL or in its JSON form. Its attributes are the
// properties of [Fault] by their JSON names:
//
//	fault "busy" {
//	  preset = "html_503"
//	  path   = "/services/data/*/jobs/**"
//	  after  = 3
//	  times  = 2
//	}
type Block struct {
	Name       string    `hcl:"name,label"`
	Properties hcl.Body  `hcl:",remain"`
	Range      hcl.Range `hcl:",def_range"`
}

// Load reads a file of faults, .hcl or .json. Mistakes are named with file, line
// and column.
func Load(path string) ([]Fault, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read faults: %w", err)
	}
	return Parse(path, src)
}

// Parse is [Load] on text at hand; the name's ending tells HCL from JSON.
func Parse(name string, src []byte) ([]Fault, error) {
	var file struct {
		Faults []Block `hcl:"fault,block"`
	}
	if err := hclsimple.Decode(name, src, nil, &file); err != nil {
		return nil, fmt.Errorf("parse faults: %w", err)
	}
	return Decode(file.Faults)
}

// Decode settles the faults of a file that holds more than them.
func Decode(blocks []Block) ([]Fault, error) {
	faults := make([]Fault, 0, len(blocks))
	named := map[string]hcl.Range{}
	for i := range blocks {
		f, err := blocks[i].fault()
		if err != nil {
			return nil, fmt.Errorf("parse faults: %w", err)
		}
		if first, twice := named[f.Name]; twice {
			return nil, fmt.Errorf("parse faults: %s: there is a fault %q at line %d already", place(blocks[i].Range), f.Name, first.Start.Line)
		}
		named[f.Name] = blocks[i].Range
		faults = append(faults, f)
	}
	return faults, nil
}

func (b *Block) fault() (Fault, error) {
	attributes, diags := b.Properties.JustAttributes()
	if diags.HasErrors() {
		return Fault{}, diags
	}
	f := Fault{Name: b.Name, Source: &Source{block: b, attributes: attributes}}
	known := properties(&f)
	// In the order of the file, so that the first mistake is the one that is told.
	given := slices.SortedFunc(maps.Values(attributes), func(a, b *hcl.Attribute) int { return a.NameRange.Start.Byte - b.NameRange.Start.Byte })
	for _, a := range given {
		into, ok := known[a.Name]
		if !ok {
			names := slices.Sorted(maps.Keys(known))
			return Fault{}, fmt.Errorf("%s: a fault has no property %q%s", place(a.NameRange), a.Name, reportsync.DidYouMean(a.Name, names))
		}
		if err := decode(a.Expr, into); err != nil {
			return Fault{}, fmt.Errorf("%s: %s: %w", place(a.Expr.Range()), a.Name, err)
		}
		if number, ok := into.(*int); ok && *number == 0 {
			if err := CheckZero(a.Name); err != nil {
				return Fault{}, fmt.Errorf("%s: %w", place(a.Expr.Range()), err)
			}
		}
	}
	settled, err := f.Settled()
	if err == nil {
		return settled, nil
	}
	return Fault{}, f.Source.Blame(err)
}

// Source is where a fault stands in a file.
type Source struct {
	block      *Block
	attributes hcl.Attributes
}

// Blame puts file, line and column before what is wrong with a fault: those of
// the property, where the error has a [PropertyError] in it. Without a source the
// error stays as it is.
func (s *Source) Blame(err error) error {
	if s == nil || err == nil {
		return err
	}
	at := s.block.Range
	if wrong, ok := errors.AsType[*PropertyError](err); ok && s.attributes[wrong.Property] != nil {
		at = s.attributes[wrong.Property].Expr.Range()
	}
	return fmt.Errorf("%s: fault %q: %w", place(at), s.block.Name, err)
}

// decode reads one property: a word by itself, such as a duration, or whatever
// the type of the property takes.
func decode(expr hcl.Expression, into any) error {
	word, isWord := into.(encoding.TextUnmarshaler)
	if !isWord {
		return summary(gohcl.DecodeExpression(expr, nil, into))
	}
	var text string
	if err := summary(gohcl.DecodeExpression(expr, nil, &text)); err != nil {
		return err
	}
	return word.UnmarshalText([]byte(text))
}

// summary is what is wrong with a value, without the place, which the caller
// tells.
func summary(diags hcl.Diagnostics) error {
	if !diags.HasErrors() {
		return nil
	}
	return errors.New(diags[0].Detail)
}

// properties are the places of the properties by their JSON names, but for the
// name.
func properties(f *Fault) map[string]any {
	return map[string]any{
		"preset": &f.Preset, "method": &f.Method, "path": &f.Path, "kind": &f.Kind, "header": &f.Header,
		"after": &f.After, "every": &f.Every, "percent": &f.Percent, "times": &f.Times, "action": &f.Action,
		"status": &f.Status, "body": &f.Body, "content_type": &f.ContentType, "retry_after": &f.RetryAfter, "delay": &f.Delay,
		"bytes": &f.Bytes, "lines": &f.Lines, "share": &f.Share, "orderly": &f.Orderly,
		"rows": &f.Rows, "message": &f.Message, "code": &f.Code, "fields": &f.Fields,
		"object": &f.Object, "ids": &f.IDs, "where": &f.Where,
	}
}

// place prints where something starts as editors take it.
func place(r hcl.Range) string {
	return fmt.Sprintf("%s:%d,%d", r.Filename, r.Start.Line, r.Start.Column)
}
