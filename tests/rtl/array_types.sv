// SPDX-License-Identifier: Apache-2.0
// What moves between the elements of the array.
package array_types;
  typedef logic signed [7:0] operand_t;
  typedef logic signed [31:0] sum_t;

  // A streamed operand on its way to the right. `first` and `last` mark the steps of a fold.
  typedef struct packed {
    logic valid, first, last;
    operand_t value;
  } moving_t;

  // What comes from the top: a stationary operand for `row`, or, where sums stay, one that streams.
  typedef struct packed {
    logic valid;
    logic [15:0] row;
    operand_t value;
  } falling_t;
endpackage
