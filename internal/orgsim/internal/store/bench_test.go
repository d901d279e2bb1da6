package store_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const (
	million = 1_000_000
	chunk   = 200 // rows of an ingest job that share a transaction (Bulk API 2.0 guide: how requests are processed)
)

// crowd is an org of Contacts with an external id, and the places of the fields
// that the benchmarks write.
type crowd struct {
	user                         string
	db                           *store.DB
	contact                      *schema.Object
	key, last, first, mail, text int
}

func newCrowd(b *testing.B) *crowd {
	b.Helper()
	s := schema.Standard()
	err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{{Name: "Key__c", Type: schema.Text, ExternalID: true, Unique: true}}})
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.New(s, "ak", time.Now)
	if err != nil {
		b.Fatal(err)
	}
	c := &crowd{db: db, user: addUser(b, db, "loader@acme.example")}
	c.contact, _ = s.Object("Contact")
	for name, place := range map[string]*int{"Key__c": &c.key, "LastName": &c.last, "FirstName": &c.first, "Email": &c.mail, "Title": &c.text} {
		*place, _ = c.contact.Field(name)
	}
	return c
}

// write sends a million rows in chunks; row makes the cells of one.
func (c *crowd) write(b *testing.B, actor store.Actor, op store.Op, row func(i string) []store.Cell) {
	b.Helper()
	rows := make([]store.Mutation, 0, chunk)
	for n := range million {
		rows = append(rows, store.Mutation{Op: op, Object: c.contact, Key: c.key, Cells: row(strconv.Itoa(n))})
		if len(rows) < chunk {
			continue
		}
		for _, outcome := range c.db.Apply(actor, false, rows) {
			if outcome.Err != nil {
				b.Fatal(outcome.Err)
			}
		}
		rows = rows[:0]
	}
}

func (c *crowd) contactCells(i string) []store.Cell {
	return []store.Cell{
		{Field: c.key, Text: "K-" + i},
		{Field: c.last, Text: "Name " + i},
		{Field: c.first, Text: "Ada"},
		{Field: c.mail, Text: "user" + i + "@acme.example"},
		{Field: c.text, Text: "Engineer"},
	}
}

// BenchmarkApplyMillion loads a million Contacts and then upserts all of them by
// external id, with history, as an ingest job does; heap is what stays.
func BenchmarkApplyMillion(b *testing.B) {
	phases := map[string]func(b *testing.B, c *crowd){
		"load": func(b *testing.B, c *crowd) {
			b.Helper()
			c.write(b, store.Actor{UserID: c.user, System: true, Loading: true}, store.Insert, c.contactCells)
		},
		"insert": func(b *testing.B, c *crowd) {
			b.Helper()
			c.write(b, store.Actor{UserID: c.user, By: "bulk"}, store.Insert, c.contactCells)
		},
	}
	for name, phase := range phases {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				phase(b, newCrowd(b))
			}
			b.ReportMetric(million/(b.Elapsed().Seconds()/float64(b.N)), "rows/s")
		})
	}
	b.Run("upsert", func(b *testing.B) {
		c := newCrowd(b)
		phases["load"](b, c)
		before := heap()
		version := 0
		for b.Loop() {
			version++
			title := "Engineer " + strconv.Itoa(version)
			c.write(b, store.Actor{UserID: c.user, By: "bulk"}, store.Upsert, func(i string) []store.Cell {
				return []store.Cell{{Field: c.key, Text: "K-" + i}, {Field: c.text, Text: title}}
			})
		}
		b.ReportMetric(million/(b.Elapsed().Seconds()/float64(b.N)), "rows/s")
		b.ReportMetric(float64(before)/million, "loaded-B/row")
		b.ReportMetric(float64(len(c.db.Rows("Contact")[0])), "row-B")
		b.ReportMetric((float64(heap())-float64(before))/million/float64(b.N), "kept-B/write")
		runtime.KeepAlive(c)
	})
}

// BenchmarkAddField gives a million records a place for another field, which is
// how long others wait then.
func BenchmarkAddField(b *testing.B) {
	c := newCrowd(b)
	c.write(b, store.Actor{UserID: c.user, System: true, Loading: true}, store.Insert, c.contactCells)
	for n := 0; b.Loop(); n++ {
		if err := c.db.AddField("Contact", schema.Field{Name: "Added" + strconv.Itoa(n) + "__c", Type: schema.Checkbox}); err != nil {
			b.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
