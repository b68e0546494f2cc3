// File: webhook/request_processor.h
//
// RequestProcessor: our seat in cpp-httplib. Inside it is a class derived from
// httplib::Server that overrides process_and_close_socket() (a new connection
// is adopted instead of served on the accepting thread) and calls
// process_request() with a stream over memory: a canonical head of the vetted
// request in, the bytes of one whole response out. The library thus never
// reads a socket, sees no header of a client, and its answer leaves in one
// write.
//
// Its own accept loop is not used: it ends at the first ECONNABORTED.
//
// Thread-safe: any number of requests at a time.

#ifndef MESHVET_WEBHOOK_REQUEST_PROCESSOR_H_
#define MESHVET_WEBHOOK_REQUEST_PROCESSOR_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "webhook/header_reader.h"
#include "webhook/http_message.h"
#include "webhook/transport_observer.h"

namespace meshvet::webhook {

class RequestProcessor {
 public:
  struct Setup {
    HttpHandler handler;
    std::function<void(int fd)> adopt;
    HeaderRules::Method method = HeaderRules::Method::kPost;
    // Told to clients in Keep-Alive.
    std::chrono::milliseconds idle{120'000};
    std::size_t max_requests = 0;
  };

  // `observer` must outlive it.
  RequestProcessor(Setup setup, TransportObserver& observer);
  ~RequestProcessor();
  RequestProcessor(const RequestProcessor&) = delete;
  RequestProcessor& operator=(const RequestProcessor&) = delete;

  // A connection was accepted.
  void Adopt(int fd);

  // What the handler says; what it throws becomes an answer as well.
  HttpResponse Handle(const HttpRequest& request);

  // The whole response as bytes; `last` puts "Connection: close" into it.
  std::string Write(const HttpRequest& request, HttpResponse response,
                    bool last);

 private:
  class Seat;
  std::unique_ptr<Seat> seat_;
};

}  // namespace meshvet::webhook

#endif  // MESHVET_WEBHOOK_REQUEST_PROCESSOR_H_
