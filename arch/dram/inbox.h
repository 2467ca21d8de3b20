// SPDX-License-Identifier: Apache-2.0
// Requests on their way to the scheduler's queues, in order of arrival.
#pragma once

#include "arch/dram/request.h"
#include "arch/dram/time_queue.h"

namespace npulse::dram {

using Inbox = TimeQueue<Request, &Request::arrival>;

}  // namespace npulse::dram
