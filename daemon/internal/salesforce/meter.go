package salesforce

import (
	"regexp"
	"strconv"
	"sync"
)

// Usage is what a client has used so far.
type Usage struct {
	// Calls counts requests to the data APIs as the org's daily limit does: every attempt that may
	// have reached Salesforce, failed ones and repetitions included; OAuth, userinfo and the list of
	// versions are free.
	Calls int64
	// BulkBatches is how many internal batches of MaxBatchRows the uploaded rows make.
	BulkBatches int64
	// BytesSent and BytesReceived count bodies, uncompressed.
	BytesSent     int64
	BytesReceived int64
	// DailyUsed and DailyMax are the org's own count as last seen in Sforce-Limit-Info, both 0 when it
	// was never seen. The count lags and may step back.
	DailyUsed int64
	DailyMax  int64
}

// meter adds up usage; every amount also reaches the meters above it.
type meter struct {
	above *meter

	mu    sync.Mutex
	usage Usage
}

func (m *meter) add(change func(*Usage)) {
	for ; m != nil; m = m.above {
		m.mu.Lock()
		change(&m.usage)
		m.mu.Unlock()
	}
}

func (m *meter) call(bodyBytes int) {
	m.add(func(u *Usage) { u.Calls++; u.BytesSent += int64(bodyBytes) })
}

func (m *meter) received(n int) {
	m.add(func(u *Usage) { u.BytesReceived += int64(n) })
}

func (m *meter) batches(rows int) {
	n := int64((rows + MaxBatchRows - 1) / MaxBatchRows)
	m.add(func(u *Usage) { u.BulkBatches += n })
}

// apiUsage finds the org's count in "api-usage=18/5000; per-app-api-usage=17/250(appName=x)" (REST
// API guide: limit info header).
var apiUsage = regexp.MustCompile(`(?:^|[;\s])api-usage=(\d+)/(\d+)`)

func (m *meter) limitInfo(header string) {
	found := apiUsage.FindStringSubmatch(header)
	if found == nil {
		return
	}
	used, errUsed := strconv.ParseInt(found[1], 10, 64)
	limit, errLimit := strconv.ParseInt(found[2], 10, 64)
	if errUsed != nil || errLimit != nil {
		return
	}
	m.add(func(u *Usage) { u.DailyUsed, u.DailyMax = used, limit })
}

func (m *meter) read() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage
}
