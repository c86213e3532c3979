#pragma once
// Every message type by the number CAF knows it under. None can leave the process: they are
// declared unsafe to serialize, so CAF asks for no inspection and BASP could not carry them.

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include "actors/messages.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(comet_actors, first_custom_type_id)

CAF_ADD_TYPE_ID(comet_actors, (comet::actors::work_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::report_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::write_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::commit_ack))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::load_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::loaded_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::scan_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::scanned_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::commit_note))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::sync_report))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::sync_order))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::synced))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::introduction))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::limits_changed))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::stop_order))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::stopped))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::numbers_request))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::numbers_parcel))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::end_of_round))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::clock_tick))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::flush))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::sync_tick))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::continue_work))
CAF_ADD_TYPE_ID(comet_actors, (comet::actors::deadline_tick))

CAF_END_TYPE_ID_BLOCK(comet_actors)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::work_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::report_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::write_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::commit_ack)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::load_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::loaded_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::scan_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::scanned_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::commit_note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::sync_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::sync_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::synced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::introduction)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::limits_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::stop_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::stopped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::numbers_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::numbers_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::end_of_round)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::clock_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::sync_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::continue_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(comet::actors::deadline_tick)
