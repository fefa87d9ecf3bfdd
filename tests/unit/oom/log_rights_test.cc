#include "collectors/oom/log_rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(LogRights, NamesTheCapabilityWhereTheLogIsRestricted) {
  const Error denied{ErrorKind::kDenied, "cannot open /dev/kmsg: Operation not permitted"};
  for (const std::optional<bool> restricted : {std::optional<bool>(true), std::optional<bool>()}) {
    const std::string sentence = MissingLogRight(denied, restricted);
    EXPECT_THAT(sentence, HasSubstr("cannot open /dev/kmsg: Operation not permitted"));
    EXPECT_THAT(sentence, HasSubstr("CAP_SYSLOG"));
    EXPECT_THAT(sentence, HasSubstr("/proc/vmstat"));
  }
}

TEST(LogRights, NamesTheDeviceWhereTheLogIsNotRestricted) {
  const std::string sentence =
      MissingLogRight({ErrorKind::kDenied, "cannot open /dev/kmsg: Permission denied"}, false);
  EXPECT_THAT(sentence, HasSubstr("--device=/dev/kmsg"));
  EXPECT_THAT(sentence, Not(HasSubstr("CAP_SYSLOG")));
}

TEST(LogRights, TellsAContainerToBeGivenTheDevice) {
  const std::string sentence =
      MissingLogRight({ErrorKind::kAbsent, "cannot open /dev/kmsg: no such file"}, true);
  EXPECT_THAT(sentence, HasSubstr("--device=/dev/kmsg"));
  EXPECT_THAT(sentence, HasSubstr("--path.kmsg"));
}

}  // namespace
}  // namespace airflow_host
