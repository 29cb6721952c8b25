#include "web/page.h"

#include <utility>

#include "http/target.h"

namespace dskeeper::web {
namespace {

Html head_of(const Page& page) {
  const Html style = page.style.empty()
                         ? Html()
                         : empty_element("link", {{"rel", "stylesheet"},
                                                  {"href", "/assets/" + std::string(page.style)}});
  const Html script =
      page.script.empty()
          ? Html()
          : enclosed("script", {{"src", "/assets/" + std::string(page.script)}, {"type", "module"}},
                     {});
  return element(
      "head", {}, empty_element("meta", {{"charset", "utf-8"}}),
      empty_element("meta",
                    {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
      empty_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
      element("title", {}, page.title),
      empty_element("link", {{"rel", "icon"}, {"href", "/assets/icon.svg"}}),
      empty_element("link", {{"rel", "stylesheet"}, {"href", "/assets/style.css"}}), style, script);
}

Html search_of(const Page& page) {
  return element("form",
                 {{"class", "search"}, {"action", "/"}, {"method", "get"}, {"role", "search"}},
                 element("label", {{"for", "name"}}, "Domain name"),
                 empty_element("input", {{"id", "name"},
                                         {"name", "name"},
                                         {"type", "text"},
                                         {"inputmode", "url"},
                                         {"autocapitalize", "none"},
                                         {"autocomplete", "off"},
                                         {"spellcheck", "false"},
                                         {"maxlength", "1024"},
                                         {"required", ""},
                                         {"value", page.typed}}),
                 element("button", {{"type", "submit"}}, "Look up"));
}

Html body_of(const Page& page) {
  return element(
      "body", {}, element("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the content"),
      element("header", {},
              element("p", {{"class", "brand"}}, element("a", {{"href", "/"}}, "dskeeper")),
              search_of(page)),
      element("main", {{"id", "main"}}, page.content),
      element("footer", {}, element("p", {}, "All times are UTC.")));
}

}  // namespace

http::Response page_response(const Page& page) {
  const Html document = element("html", {{"lang", "en"}}, head_of(page), body_of(page));
  std::string body = "<!doctype html>\n";
  body.reserve(body.size() + document.markup().size() + 1);
  body += document.markup();
  body += '\n';
  return {.status = page.status,
          .content_type = "text/html; charset=utf-8",
          .body = std::move(body),
          .caching = page.caching};
}

std::string path_of(const std::string& name) {
  return "/domain/" + http::percent_encoded(name);
}

}  // namespace dskeeper::web
