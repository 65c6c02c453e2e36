/*
 * Type bytes of the marshal format. The high bit of a type byte, REF_FLAG, says that the object takes the next free
 * index and that later objects may refer to it with REF.
 */
export const REF_FLAG = 0x80;

export const NULL = 0x30; // 0  ends a dict
export const NONE = 0x4e; // N
export const FALSE = 0x46; // F
export const TRUE = 0x54; // T
export const STOP_ITERATION = 0x53; // S
export const ELLIPSIS = 0x2e; // .
export const INT = 0x69; // i  int32
export const INT64 = 0x49; // I  int64, only read
export const LONG = 0x6c; // l  int32 count, negative for negative values; 15-bit digits, least significant first
export const TEXT_FLOAT = 0x66; // f  uint8 length, decimal
export const FLOAT = 0x67; // g  float64
export const TEXT_COMPLEX = 0x78; // x  two of f's payload
export const COMPLEX = 0x79; // y  two float64
export const BYTES = 0x73; // s  int32 length
export const UNICODE = 0x75; // u  int32 length, UTF-8
export const INTERNED = 0x74; // t  as u
export const ASCII = 0x61; // a  int32 length
export const ASCII_INTERNED = 0x41; // A
export const SHORT_ASCII = 0x7a; // z  uint8 length
export const SHORT_ASCII_INTERNED = 0x5a; // Z
export const TUPLE = 0x28; // (  int32 count
export const SMALL_TUPLE = 0x29; // )  uint8 count
export const LIST = 0x5b; // [  int32 count
export const DICT = 0x7b; // {  keys and values, ended by 0
export const SET = 0x3c; // <  int32 count
export const FROZEN_SET = 0x3e; // >  int32 count
export const SLICE = 0x3a; // :  start, stop, step; since version 5
export const CODE = 0x63; // c
export const REF = 0x72; // r  int32 index
