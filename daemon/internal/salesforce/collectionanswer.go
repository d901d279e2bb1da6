package salesforce

// collectionRow is one row's answer: a failed row has no id, and its errors say statusCode where a
// refused request says errorCode; created stands only in answers to upserts (REST API guide: sObject
// Collections).
type collectionRow struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created bool   `json:"created"`
	Errors  []struct {
		StatusCode string   `json:"statusCode"`
		Message    string   `json:"message"`
		Fields     []string `json:"fields"`
	} `json:"errors"`
}

// readCollection pairs answers with rows by their order, which is all that pairs them where the rows have
// no ids yet, and doubts answers that don't fit.
func readCollection(op string, operation Operation, rows []Row, answer *reply) ([]RowResult, error) {
	var answers []collectionRow
	if err := decode(op, answer, &answers); err != nil {
		return nil, err
	}
	if len(answers) != len(rows) {
		return nil, unexpected(op, "%d answers came for %d rows", len(answers), len(rows))
	}
	results := make([]RowResult, 0, len(answers))
	made := make(map[string]int, len(answers))
	for i, a := range answers {
		r := RowResult{ID: rows[i].ID, Success: a.Success}
		switch {
		case operation == OperationUpdate && a.ID != "" && !sameID(a.ID, rows[i].ID):
			return nil, unexpected(op, "answer %d is about record %s, not %s", i+1, a.ID, rows[i].ID)
		case operation != OperationUpdate && a.Success:
			r.ID, r.Created = a.ID, a.Created || operation == OperationInsert
		}
		full, err := ID18(r.ID)
		if err == nil {
			r.ID = full
		} else if a.Success {
			return nil, unexpected(op, "answer %d: %s", i+1, err)
		}
		if before, again := made[r.ID]; again && r.Created {
			return nil, unexpected(op, "answers %d and %d say that they created the same record %s", before, i+1, r.ID)
		}
		if r.Created {
			made[r.ID] = i + 1
		}
		r.Errors = a.errors()
		results = append(results, r)
	}
	return results, nil
}

// errors is empty for a success and never for a failure.
func (a collectionRow) errors() []RowError {
	if a.Success {
		return nil
	}
	if len(a.Errors) == 0 {
		return []RowError{{Code: CodeUnexpectedAnswer, Message: "Salesforce refused the row and gave no reason"}}
	}
	errs := make([]RowError, 0, len(a.Errors))
	for _, e := range a.Errors {
		errs = append(errs, RowError{Code: e.StatusCode, Message: e.Message, Fields: e.Fields})
	}
	return errs
}
