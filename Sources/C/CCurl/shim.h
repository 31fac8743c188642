#pragma once
// The type checks of curl's own macros only work where its functions are called directly.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

// libcurl's setters and getters are variadic, which Swift cannot call: one function for each type of argument.

static inline CURLcode mkosi_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mkosi_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode mkosi_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// Body or header callback, with the pointer that it gets.
typedef size_t (*mkosi_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline void mkosi_curl_set_sinks(CURL *handle, mkosi_curl_sink body, mkosi_curl_sink header, void *context) {
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
}

static inline void *mkosi_curl_context(CURL *handle) {
    void *context = NULL;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &context);
    return context;
}

static inline long mkosi_curl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/// Bytes that the body of the response is to have, or -1.
static inline curl_off_t mkosi_curl_body_size(CURL *handle) {
    curl_off_t size = -1;
    curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    return size;
}

/// Seconds that the server asked to wait, or 0.
static inline curl_off_t mkosi_curl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

static inline CURLMcode mkosi_curl_multi_set_number(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

/// The next transfer that ended, or NULL; the message of libcurl holds the result in a union.
static inline CURL *mkosi_curl_next_done(CURLM *handle, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(handle, &left)))
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    return NULL;
}
