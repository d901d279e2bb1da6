package value

import (
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// readID takes ids of 15 and of 18 characters, the latter with the right checksum. Which object it belongs to is left
// to Salesforce: describe names the objects that a reference takes, not their prefixes.
func readID(_ *Form, text string) (string, error) {
	id, err := salesforce.ID18(text)
	switch {
	case err == nil:
		return id, nil
	case len(text) == 18:
		return "", fmt.Errorf("%s is no Salesforce id: the last three of its 18 characters don't fit the others, as when the case of letters was changed on the way", Quote(text))
	}
	return "", fmt.Errorf("%s is no Salesforce id of 15 or 18 characters", Quote(text))
}
