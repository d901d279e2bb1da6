package store

import (
	"slices"
	"strings"
)

// row ends the draft.
func (d draft) row() Row { return Row(new(press).pack(d)) }

// press makes rows of drafts. Its memory is used again and again; rows that are
// kept stand many to a piece, since each piece costs as much as some rows. The
// zero value is ready.
type press struct {
	numbers []uint16 // of each field's text
	texts   []string // each once
	size    int      // bytes of all texts
	packed  []byte
	piece   *strings.Builder // never grown beyond what it has at first, so that rows in it stay where they are
}

const (
	maxShortText  = 1<<8 - 1 // bytes of all texts
	maxMiddleText = 1<<16 - 1
	maxNumber     = 1<<8 - 1 // of a text, outside the long form

	firstPiece = 4 << 10
	maxPiece   = 256 << 10
)

// keep ends the draft of a row that is to stay.
func (p *press) keep(d draft) Row {
	packed := p.pack(d)
	if p.piece == nil || p.piece.Cap()-p.piece.Len() < len(packed) {
		size := firstPiece
		if p.piece != nil {
			size = min(2*p.piece.Cap(), maxPiece)
		}
		p.piece = new(strings.Builder)
		p.piece.Grow(max(size, len(packed)))
	}
	begin := p.piece.Len()
	p.piece.Write(packed)
	return Row(p.piece.String()[begin:])
}

// pack is the row of a draft. It is only lent.
func (p *press) pack(d draft) []byte {
	p.sort(d)
	form := 2
	switch {
	case len(p.texts) > maxNumber || p.size > maxMiddleText:
		form = longForm
	case p.size <= maxShortText:
		form = shortForm
	}
	row := append(p.packed[:0], byte(form))
	row = appendNumber(appendNumber(row, len(d), 2), len(p.texts), 2)
	for _, number := range p.numbers {
		if form == longForm {
			row = append(row, byte(number>>8))
		}
		row = append(row, byte(number)) //nolint:gosec // the byte is meant
	}
	begin := 0
	for _, text := range p.texts {
		row = appendNumber(row, begin, form)
		begin += len(text)
	}
	row = appendNumber(row, begin, form)
	for _, text := range p.texts {
		row = append(row, text...)
	}
	p.packed = row
	return row
}

// sort numbers the draft's texts, equal ones alike. It looks for a text only where
// the last one of the same length and the same ends is: to find each would cost
// more than the room that it saves.
func (p *press) sort(d draft) {
	const places = 64
	var last [places]uint16
	p.numbers = slices.Grow(p.numbers[:0], len(d))[:len(d)]
	p.texts, p.size = p.texts[:0], 0
	for i, text := range d {
		if text == "" {
			p.numbers[i] = 0
			continue
		}
		place := &last[(len(text)+7*int(text[0])+31*int(text[len(text)-1]))%places]
		if *place == 0 || p.texts[*place-1] != text {
			p.texts = append(p.texts, text)
			p.size += len(text)
			*place = uint16(len(p.texts)) //nolint:gosec // an object has at most some hundred fields
		}
		p.numbers[i] = *place
	}
}

// appendNumber appends a number that fits in so many bytes.
func appendNumber(into []byte, n, width int) []byte {
	switch width {
	case 1:
		return append(into, byte(n)) //nolint:gosec // the byte is meant
	case 2:
		return append(into, byte(n>>8), byte(n)) //nolint:gosec // the bytes are meant
	default:
		return append(into, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)) //nolint:gosec // the bytes are meant
	}
}
