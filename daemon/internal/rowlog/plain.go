package rowlog

import "github.com/reportsync/terraform-provider-reportsync/internal/reportsync"

// Plain is an outcome that tells of no changes and of one record at most, as most do. Its key and its record's id may stand
// in memory that is used again, so that telling a million of them makes none.
type Plain struct {
	Row, Line int64
	Key       []byte
	Kind      reportsync.OutcomeKind
	RecordID  []byte
	Code      string
	Message   string
}

// AppendPlain adds the outcome's line to dst as [Append] does.
func AppendPlain(dst []byte, p *Plain) []byte {
	dst = appendHead(dst, p.Row, p.Line, p.Key, p.Kind)
	dst = appendText(dst, `,"record_id":`, p.RecordID)
	dst = appendText(dst, `,"code":`, p.Code)
	dst = appendText(dst, `,"message":`, p.Message)
	return append(dst, '}', '\n')
}

// Outcome returns the outcome with texts of its own.
func (p *Plain) Outcome() reportsync.Outcome {
	return reportsync.Outcome{
		Row: p.Row, Line: p.Line, Key: string(p.Key), Kind: p.Kind, RecordID: string(p.RecordID), Code: p.Code, Message: p.Message,
	}
}
