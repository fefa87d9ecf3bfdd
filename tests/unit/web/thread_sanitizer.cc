// What the thread sanitizer cannot know about the server. It reads these when the test starts.
#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_suppressions();

// HasArrived peeks into connections that another thread has accepted and that it learnt of from the
// kernel, not from that thread: the sanitizer sees no order between the two, the kernel keeps one.
// SlowClients' mutex keeps the descriptor from being closed meanwhile.
extern "C" const char* __tsan_default_suppressions() { return "race:airflow_host::HasArrived\n"; }

#endif
