#include "collectors/host/symbolic_links.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

const std::vector<Mount> kMounts = {{1, 0, "/", "ext4"}, {2, 1, "/mnt/dead", "nfs4"}};

std::string Resolve(const TemporaryTree& host, std::string_view path) {
  SymbolicLinkResolver resolver(host.root());
  return std::string(resolver.Resolve(kMounts, "", path));
}

TEST(SymbolicLinkResolver, StaysInsideTheHostsRoot) {
  TemporaryTree host;
  host.MakeFolder("/data/airflow/logs");
  host.Link("/opt/airflow", "/data/airflow");
  host.Link("/opt/logs", "airflow/logs");
  host.Link("/opt/up", "../../../data");
  EXPECT_EQ(Resolve(host, "/opt/airflow/logs"), "/data/airflow/logs");
  EXPECT_EQ(Resolve(host, "/opt/logs/"), "/data/airflow/logs");
  EXPECT_EQ(Resolve(host, "/opt/up/./airflow/.."), "/data");
  EXPECT_EQ(Resolve(host, "//"), "/");
}

TEST(SymbolicLinkResolver, TakesWhatDoesNotExistAsItIsWritten) {
  TemporaryTree host;
  EXPECT_EQ(Resolve(host, "/not/there"), "/not/there");
}

TEST(SymbolicLinkResolver, LooksAtNothingOnANetworkFilesystem) {
  TemporaryTree host;
  // The link would lead elsewhere; that it does not shows that it was not read.
  host.Link("/mnt/dead/link", "/data");
  host.Link("/opt/airflow", "/mnt/dead/link");
  EXPECT_EQ(Resolve(host, "/opt/airflow"), "/mnt/dead/link");
}

TEST(SymbolicLinkResolver, GivesUpOnLinksInACircle) {
  TemporaryTree host;
  host.Link("/a", "/b");
  host.Link("/b", "/a");
  const std::string resolved = Resolve(host, "/a/x");
  EXPECT_TRUE(resolved == "/a/x" || resolved == "/b/x") << resolved;
}

}  // namespace
}  // namespace airflow_host
