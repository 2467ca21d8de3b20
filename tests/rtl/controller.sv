// SPDX-License-Identifier: Apache-2.0
// Says each cycle what enters the corner of the array, until `folds` folds of `steps` steps have.
// Without a second register a fold waits until the one before has left the array.
module controller #(
    parameter int ROWS = 1,
    parameter int COLS = 1,
    parameter bit LOADS = 1,
    parameter bit DOUBLED = 0
) (
    input logic clk,
    input logic reset,
    input logic [31:0] folds,
    input logic [31:0] steps,
    output logic loading,
    output logic [31:0] load_fold,
    output logic [31:0] load_step,
    output logic streaming,
    output logic [31:0] stream_fold,
    output logic [31:0] stream_step
);
  logic loaded;         // The next fold's stationary operand is in the array, or follows its skew.
  logic [31:0] occupied;  // Cycles until the last operand that entered has left.

  wire stream_begins = !reset && stream_fold < folds && stream_step == 0
      && (!LOADS || loaded) && (DOUBLED || occupied == 0);
  wire room = DOUBLED ? !loaded || stream_begins : !loaded && occupied == 0;
  wire load_begins = !reset && LOADS && load_fold < folds && load_step == 0 && room;

  assign streaming = stream_begins || stream_step != 0;
  assign loading   = load_begins || load_step != 0;
  wire load_ends = loading && load_step == ROWS - 1;
  wire stream_ends = streaming && stream_step == steps - 1;

  always_ff @(posedge clk) begin
    if (reset) begin
      {load_fold, load_step, stream_fold, stream_step, occupied} <= '0;
      loaded <= 0;
    end else begin
      if (loading) load_step <= load_ends ? 0 : load_step + 1;
      if (streaming) stream_step <= stream_ends ? 0 : stream_step + 1;
      if (load_ends) load_fold <= load_fold + 1;
      if (stream_ends) stream_fold <= stream_fold + 1;
      if (load_ends) loaded <= 1;
      else if (stream_begins) loaded <= 0;
      if (stream_begins) occupied <= steps + ROWS + COLS - 3;
      else if (occupied != 0) occupied <= occupied - 1;
    end
  end
endmodule
