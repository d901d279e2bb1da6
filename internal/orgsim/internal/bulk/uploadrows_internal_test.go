package bulk

import "testing"

func TestUploadedRows(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]int{
		"":                           0,
		"Id":                         0,
		"Id\n":                       0,
		"Id\n1\n2\n":                 2,
		"Id\r\n1\r\n2":               2,
		"Id,T\n1,\"a\n\"\"b\"\n2,\n": 2,
		"Id\n\"1":                    1,
	} {
		if got := uploadedRows(data); got != want {
			t.Errorf("%q has %d rows, want %d", data, got, want)
		}
	}
}
