//! Figures in other forms than JSON, read back by other libraries than those
//! that wrote them.

mod writers;
