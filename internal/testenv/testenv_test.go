package testenv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPostgresGivesEachTestAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			database := testenv.Postgres(t)
			if used[database] {
				t.Errorf("%s was given out before", database)
			}
			used[database] = true
			connection, err := pgx.Connect(t.Context(), database)
			if err != nil {
				t.Fatal(err)
			}
			// Left open on purpose: dropping the database must not wait for it.
			t.Cleanup(func() { _ = connection.Close(t.Context()) })
			if _, err := connection.Exec(t.Context(), "CREATE TABLE widget (id int)"); err != nil {
				t.Errorf("the database is not empty or not ours: %v", err)
			}
		})
	}
}

func TestPostgresDropsTheDatabase(t *testing.T) {
	t.Parallel()
	var database string
	t.Run("user", func(t *testing.T) { database = testenv.Postgres(t) })
	if database == "" {
		t.Skip("the inner test was skipped and says why")
	}
	connection, err := pgx.Connect(t.Context(), database)
	if err == nil {
		_ = connection.Close(t.Context())
		t.Fatal("the database is still there after its test")
	}
	if !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("connect to the dropped database: %v, want it not to exist", err)
	}
}

func TestTerraformCLIRuns(t *testing.T) {
	t.Parallel()
	cli := testenv.TerraformCLI(t)
	if got := os.Getenv("TF_ACC_TERRAFORM_PATH"); got != cli {
		t.Errorf("TF_ACC_TERRAFORM_PATH is %q, want %q", got, cli)
	}
	out, err := exec.CommandContext(t.Context(), cli, "version").CombinedOutput()
	if err != nil {
		t.Fatalf("%s version: %v\n%s", cli, err, out)
	}
	if strings.Contains(string(out), "Warning") {
		t.Errorf("the CLI finds fault with its surroundings:\n%s", out)
	}
}

func TestModuleRootIsTheProject(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(testenv.ModuleRoot(t), "internal", "testenv", "module.go")); err != nil {
		t.Error(err)
	}
}

func TestReportsAreThere(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(testenv.Reports(t), "README.md")); err != nil {
		t.Error(err)
	}
}

func TestSystemdAnalyzeRuns(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), testenv.SystemdAnalyze(t), "--version").CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze --version: %v\n%s", err, out)
	}
}
