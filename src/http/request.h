// A request as those who answer it see it: taken apart, bounded, with the address of the client.
#pragma once

#include <cstdint>
#include <string>

#include "base/ip_address.h"
#include "http/target.h"

namespace dskeeper::http {

enum class Method : std::uint8_t { get, post, other };  // HEAD is a GET whose body is not sent

struct Request {
  Method method = Method::get;
  Target target;
  std::string host;           // of the Host header; empty where there is none
  std::string authorization;  // likewise
  std::string origin;
  std::string if_none_match;
  std::string forwarded_for;  // X-Forwarded-For, all lines of it
  std::string content_type;
  std::string body;
  IpAddress client;  // who has the other end of the connection, or whom a trusted proxy names
  IpAddress local;   // our end of it
};

}  // namespace dskeeper::http
