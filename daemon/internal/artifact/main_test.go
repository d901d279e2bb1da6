package artifact_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run brings along the buckets that the libraries find by the environment.
func run(m *testing.M) int {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AZURE_STORAGE_ACCOUNT": "acme", "AZURE_STORAGE_KEY": "c2VjcmV0",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	server, err := gcs.serve()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	server.Close()
	if err := goleak.Find(); code == 0 && err != nil {
		println(err.Error())
		return 1
	}
	return code
}
