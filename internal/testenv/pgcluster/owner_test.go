package pgcluster_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv/pgcluster"
)

// beOwner starts a cluster, forgets all of it but the URL, says that on standard output and waits to be killed.
func beOwner(t *testing.T, binaries pgcluster.Binaries) {
	t.Helper()
	cluster, err := pgcluster.Start(t.Context(), binaries)
	if err != nil {
		t.Fatal(err)
	}
	server := cluster.URL()
	runtime.GC() // must not take the cluster away
	runtime.GC() // what the first one finalized
	fmt.Println(server)
	<-t.Context().Done()
}

// readLine returns the first line that an owner says.
func readLine(t *testing.T, from io.Reader) string {
	t.Helper()
	line, err := bufio.NewReader(from).ReadString('\n')
	if err != nil {
		t.Fatalf("read what the owner says: %v", err)
	}
	return strings.TrimSpace(line)
}

// dataFolder asks the server for the folder that holds its data folder.
func dataFolder(t *testing.T, server string) string {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer connection.Close(t.Context())
	var data string
	if err := connection.QueryRow(t.Context(), "SHOW data_directory").Scan(&data); err != nil {
		t.Fatalf("ask for the data folder: %v", err)
	}
	return filepath.Dir(data)
}

// awaitRemoval returns when folder is gone. Nothing signals a removal by another process, so it looks again.
func awaitRemoval(t *testing.T, folder string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			return
		}
		select {
		case <-again.C:
		case <-time.After(time.Minute):
			t.Fatalf("%s is still there a minute after its owner was killed", folder)
		}
	}
}
