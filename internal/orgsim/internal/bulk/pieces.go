package bulk

import (
	"iter"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

const (
	csvType = "text/csv;charset=UTF-8"

	pieceBytes = 256 << 10 // gathered before they are sent
	pieceSpare = 16 << 10  // for the row that makes a piece full
)

var pieces = sync.Pool{New: func() any {
	piece := make([]byte, 0, pieceBytes+pieceSpare)
	return &piece
}}

// sendLines sends a file that may be long, piece by piece: what head appends, and a
// line for each row. It ends early where the client has gone away.
func sendLines[Row any](c *web.Call, head func(into []byte) []byte, rows iter.Seq[Row], line func(into []byte, row Row) []byte) {
	piece, _ := pieces.Get().(*[]byte) // nothing else is in the pool
	defer pieces.Put(piece)
	body := head((*piece)[:0])
	for row := range rows {
		body = line(body, row)
		if len(body) < pieceBytes {
			continue
		}
		if !c.Write(body) {
			return
		}
		body = body[:0]
	}
	c.Write(body)
}
