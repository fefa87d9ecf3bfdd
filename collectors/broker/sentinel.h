// Asking a sentinel who the master is.
// https://redis.io/docs/latest/develop/reference/sentinel-clients/
#pragma once

#include <string>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"
#include "collectors/support/url.h"

namespace airflow_host {

/// Connects to `sentinel`, asks SENTINEL get-master-addr-by-name `master_name`, and closes the
/// connection again. Errors say why it gave no answer, without secrets. Observing thread.
Expected<HostAndPort> AskForMaster(const BrokerAddress& sentinel, const std::string& master_name,
                                   Waiter& waiter, Deadline deadline);

}  // namespace airflow_host
