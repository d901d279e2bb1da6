package value

import "fmt"

// booleans are the words for a checkbox that reports use; Salesforce itself takes only true and false.
var booleans = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "1": "true",
	"false": "false", "no": "false", "n": "false", "off": "false", "0": "false",
}

func readBoolean(_ *Form, text string) (string, error) {
	var word [len("false")]byte
	if len(text) <= len(word) {
		for i := range len(text) {
			word[i] = text[i]
			if 'A' <= text[i] && text[i] <= 'Z' {
				word[i] += 'a' - 'A'
			}
		}
		if b, ok := booleans[string(word[:len(text)])]; ok {
			return b, nil
		}
	}
	return "", fmt.Errorf("%s is neither true nor false: use true or false, yes or no, y or n, on or off, 1 or 0", Quote(text))
}
