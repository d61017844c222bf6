# The A64 instruction set of Armv8.2-A EL0, as a Neoverse-N1 has it, plus the later
# extensions that are cheap to give.  One line is one encoding; the order and the section
# headings follow the Arm Architecture Reference Manual, chapter C4 ("A64 Instruction Set
# Encoding").  This file is the single source of the decoder, of the translate functions'
# names, of the random-instruction generator and of docs/instructions.md; see gen/doc.go.
#
#   NAME  token ...  [FEATURE]  ; the manual's name, where NAME does not say it
#
# A token is
#   0110         literal bits, from bit 31 down
#   field:width  a field of that many bits
#   field        a field whose width is declared by %width
#   !f=v,g=w     the encoding is unallocated when f is v and g is w.  A value is written in
#                binary, x for a bit that does not matter
#   @macro       the tokens declared by %macro
# A word that matches no line is undefined.  A feature left out means Armv8.0.
#
# Fields that the manual prints as (0) or (1) ("should be") are fields here, as processors
# ignore them.
#
# Suffixes:  _imm immediate, _reg register, _shift shifted register, _ext extended register,
#   _lit literal, _off offset, _post post-index, _pre pre-index, _uns unscaled offset,
#   _uimm unsigned scaled offset, _priv unprivileged;
#   _f floating-point scalar (also loads and stores of SIMD&FP registers),
#   _s Advanced SIMD scalar, _v Advanced SIMD vector; after these: h half precision,
#   e by element, i immediate (shift amount or modified immediate), z compare with zero.

%width Rd 5
%width Rn 5
%width Rm 5
%width Ra 5
%width Rt 5
%width Rt2 5
%width Rs 5
%width sf 1
%width Q 1
%width cond 4
%width nzcv 4
%width imm12 12
%width imm16 16
%width imm19 19
%width imm9 9
%width imm7 7
%width ptype 2
%width size 2

# DecodeBitMasks: an element of all ones has no encoding, and elements of one bit do not exist.
%macro bitmask !sf=0,N=1 !N=1,imms=111111 !N=0,imms=011111 !N=0,imms=101111 !N=0,imms=110111 !N=0,imms=111011 !N=0,imms=111101 !N=0,imms=11111x
%macro bitfield !sf=0,N=1 !sf=1,N=0 !sf=0,immr=1xxxxx !sf=0,imms=1xxxxx
%macro w32 !sf=0,imm6=1xxxxx
%macro fptype !ptype=10
# size 64 needs all 128 bits
%macro no1D !size=11,Q=0
%macro fp1D !sz=1,Q=0
%macro size12 !size=00 !size=11
%macro immh !immh=0000
%macro immhV !immh=0000 !immh=1xxx,Q=0
%macro immhN !immh=0000 !immh=1xxx
# immh for conversions: half, single or double
%macro immhF !immh=000x
%macro elemF !sz=1,L=1

## Reserved

UDF        0000000000000000 imm16

## Data Processing -- Immediate
### PC-rel. addressing

ADR        0 immlo:2 10000 immhi:19 Rd
ADRP       1 immlo:2 10000 immhi:19 Rd

### Add/subtract (immediate)

ADD_imm    sf 0 0 100010 sh:1 imm12 Rn Rd
ADDS_imm   sf 0 1 100010 sh:1 imm12 Rn Rd
SUB_imm    sf 1 0 100010 sh:1 imm12 Rn Rd
SUBS_imm   sf 1 1 100010 sh:1 imm12 Rn Rd

### Logical (immediate)

AND_imm    sf 00 100100 N:1 immr:6 imms:6 Rn Rd @bitmask
ORR_imm    sf 01 100100 N:1 immr:6 imms:6 Rn Rd @bitmask
EOR_imm    sf 10 100100 N:1 immr:6 imms:6 Rn Rd @bitmask
ANDS_imm   sf 11 100100 N:1 immr:6 imms:6 Rn Rd @bitmask

### Move wide (immediate)

MOVN       sf 00 100101 hw:2 imm16 Rd !sf=0,hw=1x
MOVZ       sf 10 100101 hw:2 imm16 Rd !sf=0,hw=1x
MOVK       sf 11 100101 hw:2 imm16 Rd !sf=0,hw=1x

### Bitfield

SBFM       sf 00 100110 N:1 immr:6 imms:6 Rn Rd @bitfield
BFM        sf 01 100110 N:1 immr:6 imms:6 Rn Rd @bitfield
UBFM       sf 10 100110 N:1 immr:6 imms:6 Rn Rd @bitfield

### Extract

EXTR       sf 00 100111 N:1 0 Rm imms:6 Rn Rd !sf=0,N=1 !sf=1,N=0 !sf=0,imms=1xxxxx

## Branches, Exception Generating and System instructions
### Conditional branch (immediate)

B_cond     01010100 imm19 0 cond

### Exception generation
# HVC, SMC and DCPS1-3 are undefined at EL0.

SVC        11010100 000 imm16 00001
BRK        11010100 001 imm16 00000
HLT        11010100 010 imm16 00000

### Hints
# Pointer-authentication, BTI, ESB, PSB, TSB and CSDB live in this space; all are NOPs here.

YIELD      11010101000000110010 0000 001 11111
WFE        11010101000000110010 0000 010 11111
WFI        11010101000000110010 0000 011 11111
SEV        11010101000000110010 0000 100 11111
SEVL       11010101000000110010 0000 101 11111
HINT       11010101000000110010 CRm:4 op2:3 11111 !CRm=0000,op2=001 !CRm=0000,op2=01x !CRm=0000,op2=10x

### Barriers

CLREX      11010101000000110011 CRm:4 010 11111
DSB        11010101000000110011 CRm:4 100 11111
DMB        11010101000000110011 CRm:4 101 11111
ISB        11010101000000110011 CRm:4 110 11111
SB         11010101000000110011 0000 111 11111 [FEAT_SB]

### PSTATE
# MSR (immediate) to the other PSTATE fields is undefined, or trapped by Linux, at EL0.

CFINV      1101010100000 000 0100 CRm:4 000 11111 [FEAT_FlagM]
XAFLAG     1101010100000 000 0100 CRm:4 001 11111 [FEAT_FlagM2]
AXFLAG     1101010100000 000 0100 CRm:4 010 11111 [FEAT_FlagM2]

### System instructions
# SYS and SYSL have no other operation at EL0.

DC_ZVA     1101010100001 011 0111 0100 001 Rt
DC_CVAC    1101010100001 011 0111 1010 001 Rt
DC_CVAU    1101010100001 011 0111 1011 001 Rt
DC_CVAP    1101010100001 011 0111 1100 001 Rt [FEAT_DPB]
DC_CIVAC   1101010100001 011 0111 1110 001 Rt
IC_IVAU    1101010100001 011 0111 0101 001 Rt

### System register move
# Which registers exist is in sysregs.go.

MSR_reg    11010101000 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt
MRS        11010101001 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt

### Unconditional branch (register)

BR         1101011 0000 11111 000000 Rn 00000
BLR        1101011 0001 11111 000000 Rn 00000
RET        1101011 0010 11111 000000 Rn 00000

### Unconditional branch (immediate)

B          0 00101 imm26:26
BL         1 00101 imm26:26

### Compare and branch (immediate)

CBZ        sf 011010 0 imm19 Rt
CBNZ       sf 011010 1 imm19 Rt

### Test and branch (immediate)

TBZ        b5:1 011011 0 b40:5 imm14:14 Rt
TBNZ       b5:1 011011 1 b40:5 imm14:14 Rt

## Loads and Stores
### Advanced SIMD load/store multiple structures

ST4_mult     0 Q 0011000 0 000000 0000 size Rn Rt @no1D
ST1x4_mult   0 Q 0011000 0 000000 0010 size Rn Rt ; ST1 (multiple structures), four registers
ST3_mult     0 Q 0011000 0 000000 0100 size Rn Rt @no1D
ST1x3_mult   0 Q 0011000 0 000000 0110 size Rn Rt ; ST1 (multiple structures), three registers
ST1x1_mult   0 Q 0011000 0 000000 0111 size Rn Rt ; ST1 (multiple structures), one register
ST2_mult     0 Q 0011000 0 000000 1000 size Rn Rt @no1D
ST1x2_mult   0 Q 0011000 0 000000 1010 size Rn Rt ; ST1 (multiple structures), two registers
LD4_mult     0 Q 0011000 1 000000 0000 size Rn Rt @no1D
LD1x4_mult   0 Q 0011000 1 000000 0010 size Rn Rt ; LD1 (multiple structures), four registers
LD3_mult     0 Q 0011000 1 000000 0100 size Rn Rt @no1D
LD1x3_mult   0 Q 0011000 1 000000 0110 size Rn Rt ; LD1 (multiple structures), three registers
LD1x1_mult   0 Q 0011000 1 000000 0111 size Rn Rt ; LD1 (multiple structures), one register
LD2_mult     0 Q 0011000 1 000000 1000 size Rn Rt @no1D
LD1x2_mult   0 Q 0011000 1 000000 1010 size Rn Rt ; LD1 (multiple structures), two registers

### Advanced SIMD load/store multiple structures (post-indexed)

ST4_mult_post   0 Q 0011001 0 0 Rm 0000 size Rn Rt @no1D
ST1x4_mult_post 0 Q 0011001 0 0 Rm 0010 size Rn Rt
ST3_mult_post   0 Q 0011001 0 0 Rm 0100 size Rn Rt @no1D
ST1x3_mult_post 0 Q 0011001 0 0 Rm 0110 size Rn Rt
ST1x1_mult_post 0 Q 0011001 0 0 Rm 0111 size Rn Rt
ST2_mult_post   0 Q 0011001 0 0 Rm 1000 size Rn Rt @no1D
ST1x2_mult_post 0 Q 0011001 0 0 Rm 1010 size Rn Rt
LD4_mult_post   0 Q 0011001 1 0 Rm 0000 size Rn Rt @no1D
LD1x4_mult_post 0 Q 0011001 1 0 Rm 0010 size Rn Rt
LD3_mult_post   0 Q 0011001 1 0 Rm 0100 size Rn Rt @no1D
LD1x3_mult_post 0 Q 0011001 1 0 Rm 0110 size Rn Rt
LD1x1_mult_post 0 Q 0011001 1 0 Rm 0111 size Rn Rt
LD2_mult_post   0 Q 0011001 1 0 Rm 1000 size Rn Rt @no1D
LD1x2_mult_post 0 Q 0011001 1 0 Rm 1010 size Rn Rt

### Advanced SIMD load/store single structure
# esz is the log2 of the element's bytes, but 10 also holds the 64-bit form (size 01).

%macro single !esz=11 !esz=01,size=x1 !esz=10,size=1x !esz=10,size=01,S=1

ST1_single   0 Q 0011010 0 0 00000 esz:2 0 S:1 size Rn Rt @single
ST3_single   0 Q 0011010 0 0 00000 esz:2 1 S:1 size Rn Rt @single
ST2_single   0 Q 0011010 0 1 00000 esz:2 0 S:1 size Rn Rt @single
ST4_single   0 Q 0011010 0 1 00000 esz:2 1 S:1 size Rn Rt @single
LD1_single   0 Q 0011010 1 0 00000 esz:2 0 S:1 size Rn Rt @single
LD3_single   0 Q 0011010 1 0 00000 esz:2 1 S:1 size Rn Rt @single
LD2_single   0 Q 0011010 1 1 00000 esz:2 0 S:1 size Rn Rt @single
LD4_single   0 Q 0011010 1 1 00000 esz:2 1 S:1 size Rn Rt @single
LD1R         0 Q 0011010 1 0 00000 110 0 size Rn Rt
LD3R         0 Q 0011010 1 0 00000 111 0 size Rn Rt
LD2R         0 Q 0011010 1 1 00000 110 0 size Rn Rt
LD4R         0 Q 0011010 1 1 00000 111 0 size Rn Rt

### Advanced SIMD load/store single structure (post-indexed)

ST1_single_post 0 Q 0011011 0 0 Rm esz:2 0 S:1 size Rn Rt @single
ST3_single_post 0 Q 0011011 0 0 Rm esz:2 1 S:1 size Rn Rt @single
ST2_single_post 0 Q 0011011 0 1 Rm esz:2 0 S:1 size Rn Rt @single
ST4_single_post 0 Q 0011011 0 1 Rm esz:2 1 S:1 size Rn Rt @single
LD1_single_post 0 Q 0011011 1 0 Rm esz:2 0 S:1 size Rn Rt @single
LD3_single_post 0 Q 0011011 1 0 Rm esz:2 1 S:1 size Rn Rt @single
LD2_single_post 0 Q 0011011 1 1 Rm esz:2 0 S:1 size Rn Rt @single
LD4_single_post 0 Q 0011011 1 1 Rm esz:2 1 S:1 size Rn Rt @single
LD1R_post       0 Q 0011011 1 0 Rm 110 0 size Rn Rt
LD3R_post       0 Q 0011011 1 0 Rm 111 0 size Rn Rt
LD2R_post       0 Q 0011011 1 1 Rm 110 0 size Rn Rt
LD4R_post       0 Q 0011011 1 1 Rm 111 0 size Rn Rt

### Load/store exclusive register
# size is the log2 of the access' bytes; the byte and halfword forms are the manual's ...B and ...H.

STXR       size 001000 0 0 0 Rs 0 Rt2 Rn Rt ; STXRB, STXRH, STXR
STLXR      size 001000 0 0 0 Rs 1 Rt2 Rn Rt ; STLXRB, STLXRH, STLXR
LDXR       size 001000 0 1 0 Rs 0 Rt2 Rn Rt ; LDXRB, LDXRH, LDXR
LDAXR      size 001000 0 1 0 Rs 1 Rt2 Rn Rt ; LDAXRB, LDAXRH, LDAXR

### Load/store exclusive pair

STXP       1 sz:1 001000 0 0 1 Rs 0 Rt2 Rn Rt
STLXP      1 sz:1 001000 0 0 1 Rs 1 Rt2 Rn Rt
LDXP       1 sz:1 001000 0 1 1 Rs 0 Rt2 Rn Rt
LDAXP      1 sz:1 001000 0 1 1 Rs 1 Rt2 Rn Rt

### Load/store ordered

STLLR      size 001000 1 0 0 Rs 0 Rt2 Rn Rt [FEAT_LOR] ; STLLRB, STLLRH, STLLR
STLR       size 001000 1 0 0 Rs 1 Rt2 Rn Rt ; STLRB, STLRH, STLR
LDLAR      size 001000 1 1 0 Rs 0 Rt2 Rn Rt [FEAT_LOR] ; LDLARB, LDLARH, LDLAR
LDAR       size 001000 1 1 0 Rs 1 Rt2 Rn Rt ; LDARB, LDARH, LDAR

### Compare and swap

CASP       0 sz:1 001000 0 A:1 1 Rs R:1 11111 Rn Rt !Rs=xxxx1 !Rt=xxxx1 [FEAT_LSE] ; CASP, CASPA, CASPAL, CASPL
CAS        size 001000 1 A:1 1 Rs R:1 11111 Rn Rt [FEAT_LSE] ; CAS*, CASB*, CASH*

### LDAPR/STLR (unscaled immediate)

STLUR      size 011001 00 0 imm9 00 Rn Rt [FEAT_LRCPC2] ; STLURB, STLURH, STLUR
LDAPUR     size 011001 01 0 imm9 00 Rn Rt [FEAT_LRCPC2] ; LDAPURB, LDAPURH, LDAPUR
LDAPURS    size 011001 1 w:1 0 imm9 00 Rn Rt !size=11 !size=10,w=1 [FEAT_LRCPC2] ; LDAPURSB, LDAPURSH, LDAPURSW

### Load register (literal)

LDR_lit    0 x:1 011 0 00 imm19 Rt
LDRSW_lit  10 011 0 00 imm19 Rt
PRFM_lit   11 011 0 00 imm19 Rt
LDR_f_lit  opc:2 011 1 00 imm19 Rt !opc=11 ; LDR (literal, SIMD&FP)

### Load/store no-allocate pair (offset)

STNP       x:1 0 101 0 000 0 imm7 Rt2 Rn Rt
LDNP       x:1 0 101 0 000 1 imm7 Rt2 Rn Rt
STNP_f     opc:2 101 1 000 0 imm7 Rt2 Rn Rt !opc=11
LDNP_f     opc:2 101 1 000 1 imm7 Rt2 Rn Rt !opc=11

### Load/store register pair (post-indexed)

STP_post   x:1 0 101 0 001 0 imm7 Rt2 Rn Rt
LDP_post   x:1 0 101 0 001 1 imm7 Rt2 Rn Rt
LDPSW_post 0 1 101 0 001 1 imm7 Rt2 Rn Rt
STP_f_post opc:2 101 1 001 0 imm7 Rt2 Rn Rt !opc=11
LDP_f_post opc:2 101 1 001 1 imm7 Rt2 Rn Rt !opc=11

### Load/store register pair (offset)

STP_off    x:1 0 101 0 010 0 imm7 Rt2 Rn Rt
LDP_off    x:1 0 101 0 010 1 imm7 Rt2 Rn Rt
LDPSW_off  0 1 101 0 010 1 imm7 Rt2 Rn Rt
STP_f_off  opc:2 101 1 010 0 imm7 Rt2 Rn Rt !opc=11
LDP_f_off  opc:2 101 1 010 1 imm7 Rt2 Rn Rt !opc=11

### Load/store register pair (pre-indexed)

STP_pre    x:1 0 101 0 011 0 imm7 Rt2 Rn Rt
LDP_pre    x:1 0 101 0 011 1 imm7 Rt2 Rn Rt
LDPSW_pre  0 1 101 0 011 1 imm7 Rt2 Rn Rt
STP_f_pre  opc:2 101 1 011 0 imm7 Rt2 Rn Rt !opc=11
LDP_f_pre  opc:2 101 1 011 1 imm7 Rt2 Rn Rt !opc=11

### Load/store register (unscaled immediate)
# w is set when a sign-extending load has a 32-bit destination.

%macro loadS !size=11 !size=10,w=1
# a SIMD&FP access of 128 bits is q=1 with size=00
%macro fpq !q=1,size=x1 !q=1,size=1x

STR_uns    size 111 0 00 00 0 imm9 00 Rn Rt ; STURB, STURH, STUR
LDR_uns    size 111 0 00 01 0 imm9 00 Rn Rt ; LDURB, LDURH, LDUR
LDRS_uns   size 111 0 00 1 w:1 0 imm9 00 Rn Rt @loadS ; LDURSB, LDURSH, LDURSW
PRFM_uns   11 111 0 00 10 0 imm9 00 Rn Rt ; PRFUM
STR_f_uns  size 111 1 00 q:1 0 0 imm9 00 Rn Rt @fpq ; STUR (SIMD&FP)
LDR_f_uns  size 111 1 00 q:1 1 0 imm9 00 Rn Rt @fpq ; LDUR (SIMD&FP)

### Load/store register (immediate post-indexed)

STR_post   size 111 0 00 00 0 imm9 01 Rn Rt ; STRB, STRH, STR
LDR_post   size 111 0 00 01 0 imm9 01 Rn Rt ; LDRB, LDRH, LDR
LDRS_post  size 111 0 00 1 w:1 0 imm9 01 Rn Rt @loadS ; LDRSB, LDRSH, LDRSW
STR_f_post size 111 1 00 q:1 0 0 imm9 01 Rn Rt @fpq
LDR_f_post size 111 1 00 q:1 1 0 imm9 01 Rn Rt @fpq

### Load/store register (unprivileged)

STR_priv   size 111 0 00 00 0 imm9 10 Rn Rt ; STTRB, STTRH, STTR
LDR_priv   size 111 0 00 01 0 imm9 10 Rn Rt ; LDTRB, LDTRH, LDTR
LDRS_priv  size 111 0 00 1 w:1 0 imm9 10 Rn Rt @loadS ; LDTRSB, LDTRSH, LDTRSW

### Load/store register (immediate pre-indexed)

STR_pre    size 111 0 00 00 0 imm9 11 Rn Rt ; STRB, STRH, STR
LDR_pre    size 111 0 00 01 0 imm9 11 Rn Rt ; LDRB, LDRH, LDR
LDRS_pre   size 111 0 00 1 w:1 0 imm9 11 Rn Rt @loadS ; LDRSB, LDRSH, LDRSW
STR_f_pre  size 111 1 00 q:1 0 0 imm9 11 Rn Rt @fpq
LDR_f_pre  size 111 1 00 q:1 1 0 imm9 11 Rn Rt @fpq

### Atomic memory operations

LDADD      size 111 0 00 A:1 R:1 1 Rs 0 000 00 Rn Rt [FEAT_LSE]
LDCLR      size 111 0 00 A:1 R:1 1 Rs 0 001 00 Rn Rt [FEAT_LSE]
LDEOR      size 111 0 00 A:1 R:1 1 Rs 0 010 00 Rn Rt [FEAT_LSE]
LDSET      size 111 0 00 A:1 R:1 1 Rs 0 011 00 Rn Rt [FEAT_LSE]
LDSMAX     size 111 0 00 A:1 R:1 1 Rs 0 100 00 Rn Rt [FEAT_LSE]
LDSMIN     size 111 0 00 A:1 R:1 1 Rs 0 101 00 Rn Rt [FEAT_LSE]
LDUMAX     size 111 0 00 A:1 R:1 1 Rs 0 110 00 Rn Rt [FEAT_LSE]
LDUMIN     size 111 0 00 A:1 R:1 1 Rs 0 111 00 Rn Rt [FEAT_LSE]
SWP        size 111 0 00 A:1 R:1 1 Rs 1 000 00 Rn Rt [FEAT_LSE]
LDAPR      size 111 0 00 1 0 1 11111 1 100 00 Rn Rt [FEAT_LRCPC] ; LDAPRB, LDAPRH, LDAPR

### Load/store register (register offset)

STR_reg    size 111 0 00 00 1 Rm option:3 S:1 10 Rn Rt !option=x0x ; STRB, STRH, STR
LDR_reg    size 111 0 00 01 1 Rm option:3 S:1 10 Rn Rt !option=x0x ; LDRB, LDRH, LDR
LDRS_reg   size 111 0 00 1 w:1 1 Rm option:3 S:1 10 Rn Rt !option=x0x @loadS ; LDRSB, LDRSH, LDRSW
PRFM_reg   11 111 0 00 10 1 Rm option:3 S:1 10 Rn Rt !option=x0x
STR_f_reg  size 111 1 00 q:1 0 1 Rm option:3 S:1 10 Rn Rt !option=x0x @fpq
LDR_f_reg  size 111 1 00 q:1 1 1 Rm option:3 S:1 10 Rn Rt !option=x0x @fpq

### Load/store register (unsigned immediate)

STR_uimm   size 111 0 01 00 imm12 Rn Rt ; STRB, STRH, STR
LDR_uimm   size 111 0 01 01 imm12 Rn Rt ; LDRB, LDRH, LDR
LDRS_uimm  size 111 0 01 1 w:1 imm12 Rn Rt @loadS ; LDRSB, LDRSH, LDRSW
PRFM_uimm  11 111 0 01 10 imm12 Rn Rt
STR_f_uimm size 111 1 01 q:1 0 imm12 Rn Rt @fpq
LDR_f_uimm size 111 1 01 q:1 1 imm12 Rn Rt @fpq

## Data Processing -- Register
### Data-processing (2 source)

UDIV       sf 0 0 11010110 Rm 000010 Rn Rd
SDIV       sf 0 0 11010110 Rm 000011 Rn Rd
LSLV       sf 0 0 11010110 Rm 001000 Rn Rd
LSRV       sf 0 0 11010110 Rm 001001 Rn Rd
ASRV       sf 0 0 11010110 Rm 001010 Rn Rd
RORV       sf 0 0 11010110 Rm 001011 Rn Rd
CRC32      sf 0 0 11010110 Rm 010 0 sz:2 Rn Rd !sf=0,sz=11 !sf=1,sz=0x !sf=1,sz=10 [FEAT_CRC32] ; CRC32B, CRC32H, CRC32W, CRC32X
CRC32C     sf 0 0 11010110 Rm 010 1 sz:2 Rn Rd !sf=0,sz=11 !sf=1,sz=0x !sf=1,sz=10 [FEAT_CRC32] ; CRC32CB, CRC32CH, CRC32CW, CRC32CX

### Data-processing (1 source)

RBIT       sf 1 0 11010110 00000 000000 Rn Rd
REV16      sf 1 0 11010110 00000 000001 Rn Rd
REV_w      0 1 0 11010110 00000 000010 Rn Rd ; REV, 32-bit
REV32      1 1 0 11010110 00000 000010 Rn Rd
REV_x      1 1 0 11010110 00000 000011 Rn Rd ; REV, 64-bit
CLZ        sf 1 0 11010110 00000 000100 Rn Rd
CLS        sf 1 0 11010110 00000 000101 Rn Rd

### Logical (shifted register)

AND_shift  sf 00 01010 shift:2 0 Rm imm6:6 Rn Rd @w32
BIC_shift  sf 00 01010 shift:2 1 Rm imm6:6 Rn Rd @w32
ORR_shift  sf 01 01010 shift:2 0 Rm imm6:6 Rn Rd @w32
ORN_shift  sf 01 01010 shift:2 1 Rm imm6:6 Rn Rd @w32
EOR_shift  sf 10 01010 shift:2 0 Rm imm6:6 Rn Rd @w32
EON_shift  sf 10 01010 shift:2 1 Rm imm6:6 Rn Rd @w32
ANDS_shift sf 11 01010 shift:2 0 Rm imm6:6 Rn Rd @w32
BICS_shift sf 11 01010 shift:2 1 Rm imm6:6 Rn Rd @w32

### Add/subtract (shifted register)

ADD_shift  sf 0 0 01011 shift:2 0 Rm imm6:6 Rn Rd !shift=11 @w32
ADDS_shift sf 0 1 01011 shift:2 0 Rm imm6:6 Rn Rd !shift=11 @w32
SUB_shift  sf 1 0 01011 shift:2 0 Rm imm6:6 Rn Rd !shift=11 @w32
SUBS_shift sf 1 1 01011 shift:2 0 Rm imm6:6 Rn Rd !shift=11 @w32

### Add/subtract (extended register)

ADD_ext    sf 0 0 01011 00 1 Rm option:3 imm3:3 Rn Rd !imm3=11x !imm3=101
ADDS_ext   sf 0 1 01011 00 1 Rm option:3 imm3:3 Rn Rd !imm3=11x !imm3=101
SUB_ext    sf 1 0 01011 00 1 Rm option:3 imm3:3 Rn Rd !imm3=11x !imm3=101
SUBS_ext   sf 1 1 01011 00 1 Rm option:3 imm3:3 Rn Rd !imm3=11x !imm3=101

### Add/subtract (with carry)

ADC        sf 0 0 11010000 Rm 000000 Rn Rd
ADCS       sf 0 1 11010000 Rm 000000 Rn Rd
SBC        sf 1 0 11010000 Rm 000000 Rn Rd
SBCS       sf 1 1 11010000 Rm 000000 Rn Rd

### Rotate right into flags

RMIF       1 0 1 11010000 imm6:6 00001 Rn 0 mask:4 [FEAT_FlagM]

### Evaluate into flags

SETF8      0 0 1 11010000 000000 0 0010 Rn 0 1101 [FEAT_FlagM]
SETF16     0 0 1 11010000 000000 1 0010 Rn 0 1101 [FEAT_FlagM]

### Conditional compare (register)

CCMN_reg   sf 0 1 11010010 Rm cond 0 0 Rn 0 nzcv
CCMP_reg   sf 1 1 11010010 Rm cond 0 0 Rn 0 nzcv

### Conditional compare (immediate)

CCMN_imm   sf 0 1 11010010 imm5:5 cond 1 0 Rn 0 nzcv
CCMP_imm   sf 1 1 11010010 imm5:5 cond 1 0 Rn 0 nzcv

### Conditional select

CSEL       sf 0 0 11010100 Rm cond 0 0 Rn Rd
CSINC      sf 0 0 11010100 Rm cond 0 1 Rn Rd
CSINV      sf 1 0 11010100 Rm cond 0 0 Rn Rd
CSNEG      sf 1 0 11010100 Rm cond 0 1 Rn Rd

### Data-processing (3 source)

MADD       sf 00 11011 000 Rm 0 Ra Rn Rd
MSUB       sf 00 11011 000 Rm 1 Ra Rn Rd
SMADDL     1 00 11011 001 Rm 0 Ra Rn Rd
SMSUBL     1 00 11011 001 Rm 1 Ra Rn Rd
SMULH      1 00 11011 010 Rm 0 Ra Rn Rd
UMADDL     1 00 11011 101 Rm 0 Ra Rn Rd
UMSUBL     1 00 11011 101 Rm 1 Ra Rn Rd
UMULH      1 00 11011 110 Rm 0 Ra Rn Rd

## Data Processing -- Scalar Floating-Point and Advanced SIMD
### Cryptographic AES

AESE       01001110 00 10100 00100 10 Rn Rd [FEAT_AES]
AESD       01001110 00 10100 00101 10 Rn Rd [FEAT_AES]
AESMC      01001110 00 10100 00110 10 Rn Rd [FEAT_AES]
AESIMC     01001110 00 10100 00111 10 Rn Rd [FEAT_AES]

### Cryptographic three-register SHA

SHA1C      01011110 00 0 Rm 0 000 00 Rn Rd [FEAT_SHA1]
SHA1P      01011110 00 0 Rm 0 001 00 Rn Rd [FEAT_SHA1]
SHA1M      01011110 00 0 Rm 0 010 00 Rn Rd [FEAT_SHA1]
SHA1SU0    01011110 00 0 Rm 0 011 00 Rn Rd [FEAT_SHA1]
SHA256H    01011110 00 0 Rm 0 100 00 Rn Rd [FEAT_SHA256]
SHA256H2   01011110 00 0 Rm 0 101 00 Rn Rd [FEAT_SHA256]
SHA256SU1  01011110 00 0 Rm 0 110 00 Rn Rd [FEAT_SHA256]

### Cryptographic two-register SHA

SHA1H      01011110 00 10100 00000 10 Rn Rd [FEAT_SHA1]
SHA1SU1    01011110 00 10100 00001 10 Rn Rd [FEAT_SHA1]
SHA256SU0  01011110 00 10100 00010 10 Rn Rd [FEAT_SHA256]

### Advanced SIMD scalar copy

DUP_s      01 0 11110000 imm5:5 0 0000 1 Rn Rd !imm5=x0000 ; DUP (element), scalar

### Advanced SIMD scalar three same FP16

FMULX_sh   01 0 11110 0 10 Rm 00 011 1 Rn Rd [FEAT_FP16]
FCMEQ_sh   01 0 11110 0 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FRECPS_sh  01 0 11110 0 10 Rm 00 111 1 Rn Rd [FEAT_FP16]
FRSQRTS_sh 01 0 11110 1 10 Rm 00 111 1 Rn Rd [FEAT_FP16]
FCMGE_sh   01 1 11110 0 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FACGE_sh   01 1 11110 0 10 Rm 00 101 1 Rn Rd [FEAT_FP16]
FABD_sh    01 1 11110 1 10 Rm 00 010 1 Rn Rd [FEAT_FP16]
FCMGT_sh   01 1 11110 1 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FACGT_sh   01 1 11110 1 10 Rm 00 101 1 Rn Rd [FEAT_FP16]

### Advanced SIMD scalar two-register miscellaneous FP16

FCVTNS_sh  01 0 11110 0 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTMS_sh  01 0 11110 0 111100 11011 10 Rn Rd [FEAT_FP16]
FCVTAS_sh  01 0 11110 0 111100 11100 10 Rn Rd [FEAT_FP16]
SCVTF_sh   01 0 11110 0 111100 11101 10 Rn Rd [FEAT_FP16]
FCMGT_shz  01 0 11110 1 111100 01100 10 Rn Rd [FEAT_FP16]
FCMEQ_shz  01 0 11110 1 111100 01101 10 Rn Rd [FEAT_FP16]
FCMLT_shz  01 0 11110 1 111100 01110 10 Rn Rd [FEAT_FP16]
FCVTPS_sh  01 0 11110 1 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTZS_sh  01 0 11110 1 111100 11011 10 Rn Rd [FEAT_FP16]
FRECPE_sh  01 0 11110 1 111100 11101 10 Rn Rd [FEAT_FP16]
FRECPX_sh  01 0 11110 1 111100 11111 10 Rn Rd [FEAT_FP16]
FCVTNU_sh  01 1 11110 0 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTMU_sh  01 1 11110 0 111100 11011 10 Rn Rd [FEAT_FP16]
FCVTAU_sh  01 1 11110 0 111100 11100 10 Rn Rd [FEAT_FP16]
UCVTF_sh   01 1 11110 0 111100 11101 10 Rn Rd [FEAT_FP16]
FCMGE_shz  01 1 11110 1 111100 01100 10 Rn Rd [FEAT_FP16]
FCMLE_shz  01 1 11110 1 111100 01101 10 Rn Rd [FEAT_FP16]
FCVTPU_sh  01 1 11110 1 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTZU_sh  01 1 11110 1 111100 11011 10 Rn Rd [FEAT_FP16]
FRSQRTE_sh 01 1 11110 1 111100 11101 10 Rn Rd [FEAT_FP16]

### Advanced SIMD scalar three same extra

SQRDMLAH_s 01 1 11110 size 0 Rm 1 0000 1 Rn Rd @size12 [FEAT_RDM]
SQRDMLSH_s 01 1 11110 size 0 Rm 1 0001 1 Rn Rd @size12 [FEAT_RDM]

### Advanced SIMD scalar two-register miscellaneous

SUQADD_s   01 0 11110 size 10000 00011 10 Rn Rd
SQABS_s    01 0 11110 size 10000 00111 10 Rn Rd
CMGT_sz    01 0 11110 11 10000 01000 10 Rn Rd
CMEQ_sz    01 0 11110 11 10000 01001 10 Rn Rd
CMLT_sz    01 0 11110 11 10000 01010 10 Rn Rd
ABS_s      01 0 11110 11 10000 01011 10 Rn Rd
SQXTN_s    01 0 11110 size 10000 10100 10 Rn Rd !size=11
FCVTNS_s   01 0 11110 0 sz:1 10000 11010 10 Rn Rd
FCVTMS_s   01 0 11110 0 sz:1 10000 11011 10 Rn Rd
FCVTAS_s   01 0 11110 0 sz:1 10000 11100 10 Rn Rd
SCVTF_s    01 0 11110 0 sz:1 10000 11101 10 Rn Rd
FCMGT_sz   01 0 11110 1 sz:1 10000 01100 10 Rn Rd
FCMEQ_sz   01 0 11110 1 sz:1 10000 01101 10 Rn Rd
FCMLT_sz   01 0 11110 1 sz:1 10000 01110 10 Rn Rd
FCVTPS_s   01 0 11110 1 sz:1 10000 11010 10 Rn Rd
FCVTZS_s   01 0 11110 1 sz:1 10000 11011 10 Rn Rd
FRECPE_s   01 0 11110 1 sz:1 10000 11101 10 Rn Rd
FRECPX_s   01 0 11110 1 sz:1 10000 11111 10 Rn Rd
USQADD_s   01 1 11110 size 10000 00011 10 Rn Rd
SQNEG_s    01 1 11110 size 10000 00111 10 Rn Rd
CMGE_sz    01 1 11110 11 10000 01000 10 Rn Rd
CMLE_sz    01 1 11110 11 10000 01001 10 Rn Rd
NEG_s      01 1 11110 11 10000 01011 10 Rn Rd
SQXTUN_s   01 1 11110 size 10000 10010 10 Rn Rd !size=11
UQXTN_s    01 1 11110 size 10000 10100 10 Rn Rd !size=11
FCVTXN_s   01 1 11110 01 10000 10110 10 Rn Rd
FCVTNU_s   01 1 11110 0 sz:1 10000 11010 10 Rn Rd
FCVTMU_s   01 1 11110 0 sz:1 10000 11011 10 Rn Rd
FCVTAU_s   01 1 11110 0 sz:1 10000 11100 10 Rn Rd
UCVTF_s    01 1 11110 0 sz:1 10000 11101 10 Rn Rd
FCMGE_sz   01 1 11110 1 sz:1 10000 01100 10 Rn Rd
FCMLE_sz   01 1 11110 1 sz:1 10000 01101 10 Rn Rd
FCVTPU_s   01 1 11110 1 sz:1 10000 11010 10 Rn Rd
FCVTZU_s   01 1 11110 1 sz:1 10000 11011 10 Rn Rd
FRSQRTE_s  01 1 11110 1 sz:1 10000 11101 10 Rn Rd

### Advanced SIMD scalar pairwise

ADDP_s     01 0 11110 11 11000 11011 10 Rn Rd
FMAXNMP_sh 01 0 11110 00 11000 01100 10 Rn Rd [FEAT_FP16]
FADDP_sh   01 0 11110 00 11000 01101 10 Rn Rd [FEAT_FP16]
FMAXP_sh   01 0 11110 00 11000 01111 10 Rn Rd [FEAT_FP16]
FMINNMP_sh 01 0 11110 10 11000 01100 10 Rn Rd [FEAT_FP16]
FMINP_sh   01 0 11110 10 11000 01111 10 Rn Rd [FEAT_FP16]
FMAXNMP_s  01 1 11110 0 sz:1 11000 01100 10 Rn Rd
FADDP_s    01 1 11110 0 sz:1 11000 01101 10 Rn Rd
FMAXP_s    01 1 11110 0 sz:1 11000 01111 10 Rn Rd
FMINNMP_s  01 1 11110 1 sz:1 11000 01100 10 Rn Rd
FMINP_s    01 1 11110 1 sz:1 11000 01111 10 Rn Rd

### Advanced SIMD scalar three different

SQDMLAL_s  01 0 11110 size 1 Rm 1001 00 Rn Rd @size12
SQDMLSL_s  01 0 11110 size 1 Rm 1011 00 Rn Rd @size12
SQDMULL_s  01 0 11110 size 1 Rm 1101 00 Rn Rd @size12

### Advanced SIMD scalar three same

SQADD_s    01 0 11110 size 1 Rm 00001 1 Rn Rd
SQSUB_s    01 0 11110 size 1 Rm 00101 1 Rn Rd
CMGT_s     01 0 11110 11 1 Rm 00110 1 Rn Rd
CMGE_s     01 0 11110 11 1 Rm 00111 1 Rn Rd
SSHL_s     01 0 11110 11 1 Rm 01000 1 Rn Rd
SQSHL_s    01 0 11110 size 1 Rm 01001 1 Rn Rd
SRSHL_s    01 0 11110 11 1 Rm 01010 1 Rn Rd
SQRSHL_s   01 0 11110 size 1 Rm 01011 1 Rn Rd
ADD_s      01 0 11110 11 1 Rm 10000 1 Rn Rd
CMTST_s    01 0 11110 11 1 Rm 10001 1 Rn Rd
SQDMULH_s  01 0 11110 size 1 Rm 10110 1 Rn Rd @size12
FMULX_s    01 0 11110 0 sz:1 1 Rm 11011 1 Rn Rd
FCMEQ_s    01 0 11110 0 sz:1 1 Rm 11100 1 Rn Rd
FRECPS_s   01 0 11110 0 sz:1 1 Rm 11111 1 Rn Rd
FRSQRTS_s  01 0 11110 1 sz:1 1 Rm 11111 1 Rn Rd
UQADD_s    01 1 11110 size 1 Rm 00001 1 Rn Rd
UQSUB_s    01 1 11110 size 1 Rm 00101 1 Rn Rd
CMHI_s     01 1 11110 11 1 Rm 00110 1 Rn Rd
CMHS_s     01 1 11110 11 1 Rm 00111 1 Rn Rd
USHL_s     01 1 11110 11 1 Rm 01000 1 Rn Rd
UQSHL_s    01 1 11110 size 1 Rm 01001 1 Rn Rd
URSHL_s    01 1 11110 11 1 Rm 01010 1 Rn Rd
UQRSHL_s   01 1 11110 size 1 Rm 01011 1 Rn Rd
SUB_s      01 1 11110 11 1 Rm 10000 1 Rn Rd
CMEQ_s     01 1 11110 11 1 Rm 10001 1 Rn Rd
SQRDMULH_s 01 1 11110 size 1 Rm 10110 1 Rn Rd @size12
FCMGE_s    01 1 11110 0 sz:1 1 Rm 11100 1 Rn Rd
FACGE_s    01 1 11110 0 sz:1 1 Rm 11101 1 Rn Rd
FABD_s     01 1 11110 1 sz:1 1 Rm 11010 1 Rn Rd
FCMGT_s    01 1 11110 1 sz:1 1 Rm 11100 1 Rn Rd
FACGT_s    01 1 11110 1 sz:1 1 Rm 11101 1 Rn Rd

### Advanced SIMD scalar shift by immediate

SSHR_si    01 0 111110 1 immh:3 immb:3 00000 1 Rn Rd
SSRA_si    01 0 111110 1 immh:3 immb:3 00010 1 Rn Rd
SRSHR_si   01 0 111110 1 immh:3 immb:3 00100 1 Rn Rd
SRSRA_si   01 0 111110 1 immh:3 immb:3 00110 1 Rn Rd
SHL_si     01 0 111110 1 immh:3 immb:3 01010 1 Rn Rd
SQSHL_si   01 0 111110 immh:4 immb:3 01110 1 Rn Rd @immh
SQSHRN_si  01 0 111110 immh:4 immb:3 10010 1 Rn Rd @immhN
SQRSHRN_si 01 0 111110 immh:4 immb:3 10011 1 Rn Rd @immhN
SCVTF_si   01 0 111110 immh:4 immb:3 11100 1 Rn Rd @immhF
FCVTZS_si  01 0 111110 immh:4 immb:3 11111 1 Rn Rd @immhF
USHR_si    01 1 111110 1 immh:3 immb:3 00000 1 Rn Rd
USRA_si    01 1 111110 1 immh:3 immb:3 00010 1 Rn Rd
URSHR_si   01 1 111110 1 immh:3 immb:3 00100 1 Rn Rd
URSRA_si   01 1 111110 1 immh:3 immb:3 00110 1 Rn Rd
SRI_si     01 1 111110 1 immh:3 immb:3 01000 1 Rn Rd
SLI_si     01 1 111110 1 immh:3 immb:3 01010 1 Rn Rd
SQSHLU_si  01 1 111110 immh:4 immb:3 01100 1 Rn Rd @immh
UQSHL_si   01 1 111110 immh:4 immb:3 01110 1 Rn Rd @immh
SQSHRUN_si 01 1 111110 immh:4 immb:3 10000 1 Rn Rd @immhN
SQRSHRUN_si 01 1 111110 immh:4 immb:3 10001 1 Rn Rd @immhN
UQSHRN_si  01 1 111110 immh:4 immb:3 10010 1 Rn Rd @immhN
UQRSHRN_si 01 1 111110 immh:4 immb:3 10011 1 Rn Rd @immhN
UCVTF_si   01 1 111110 immh:4 immb:3 11100 1 Rn Rd @immhF
FCVTZU_si  01 1 111110 immh:4 immb:3 11111 1 Rn Rd @immhF

### Advanced SIMD scalar x indexed element

SQDMLAL_se  01 0 11111 size L:1 M:1 Rm4:4 0011 H:1 0 Rn Rd @size12
SQDMLSL_se  01 0 11111 size L:1 M:1 Rm4:4 0111 H:1 0 Rn Rd @size12
SQDMULL_se  01 0 11111 size L:1 M:1 Rm4:4 1011 H:1 0 Rn Rd @size12
SQDMULH_se  01 0 11111 size L:1 M:1 Rm4:4 1100 H:1 0 Rn Rd @size12
SQRDMULH_se 01 0 11111 size L:1 M:1 Rm4:4 1101 H:1 0 Rn Rd @size12
FMLA_seh    01 0 11111 00 L:1 M:1 Rm4:4 0001 H:1 0 Rn Rd [FEAT_FP16]
FMLS_seh    01 0 11111 00 L:1 M:1 Rm4:4 0101 H:1 0 Rn Rd [FEAT_FP16]
FMUL_seh    01 0 11111 00 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd [FEAT_FP16]
FMLA_se     01 0 11111 1 sz:1 L:1 M:1 Rm4:4 0001 H:1 0 Rn Rd @elemF
FMLS_se     01 0 11111 1 sz:1 L:1 M:1 Rm4:4 0101 H:1 0 Rn Rd @elemF
FMUL_se     01 0 11111 1 sz:1 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd @elemF
SQRDMLAH_se 01 1 11111 size L:1 M:1 Rm4:4 1101 H:1 0 Rn Rd @size12 [FEAT_RDM]
SQRDMLSH_se 01 1 11111 size L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd @size12 [FEAT_RDM]
FMULX_seh   01 1 11111 00 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd [FEAT_FP16]
FMULX_se    01 1 11111 1 sz:1 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd @elemF

### Advanced SIMD table lookup

TBL        0 Q 001110 00 0 Rm 0 len:2 0 00 Rn Rd
TBX        0 Q 001110 00 0 Rm 0 len:2 1 00 Rn Rd

### Advanced SIMD permute

UZP1       0 Q 001110 size 0 Rm 0 001 10 Rn Rd @no1D
TRN1       0 Q 001110 size 0 Rm 0 010 10 Rn Rd @no1D
ZIP1       0 Q 001110 size 0 Rm 0 011 10 Rn Rd @no1D
UZP2       0 Q 001110 size 0 Rm 0 101 10 Rn Rd @no1D
TRN2       0 Q 001110 size 0 Rm 0 110 10 Rn Rd @no1D
ZIP2       0 Q 001110 size 0 Rm 0 111 10 Rn Rd @no1D

### Advanced SIMD extract

EXT        0 Q 101110 00 0 Rm 0 imm4:4 0 Rn Rd !Q=0,imm4=1xxx

### Advanced SIMD copy

DUP_ve     0 Q 0 01110000 imm5:5 0 0000 1 Rn Rd !imm5=x0000 !imm5=x1000,Q=0 ; DUP (element), vector
DUP_gen    0 Q 0 01110000 imm5:5 0 0001 1 Rn Rd !imm5=x0000 !imm5=x1000,Q=0 ; DUP (general)
SMOV       0 Q 0 01110000 imm5:5 0 0101 1 Rn Rd !imm5=xx000 !Q=0,imm5=xx100
UMOV       0 Q 0 01110000 imm5:5 0 0111 1 Rn Rd !imm5=x0000 !Q=0,imm5=x1000 !Q=1,imm5=xxxx1 !Q=1,imm5=xxx10 !Q=1,imm5=xx100
INS_gen    0 1 0 01110000 imm5:5 0 0011 1 Rn Rd !imm5=x0000 ; INS (general)
INS_ve     0 1 1 01110000 imm5:5 0 imm4:4 1 Rn Rd !imm5=x0000 ; INS (element)

### Advanced SIMD three same (FP16)

FMAXNM_vh  0 Q 0 01110 0 10 Rm 00 000 1 Rn Rd [FEAT_FP16]
FMLA_vh    0 Q 0 01110 0 10 Rm 00 001 1 Rn Rd [FEAT_FP16]
FADD_vh    0 Q 0 01110 0 10 Rm 00 010 1 Rn Rd [FEAT_FP16]
FMULX_vh   0 Q 0 01110 0 10 Rm 00 011 1 Rn Rd [FEAT_FP16]
FCMEQ_vh   0 Q 0 01110 0 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FMAX_vh    0 Q 0 01110 0 10 Rm 00 110 1 Rn Rd [FEAT_FP16]
FRECPS_vh  0 Q 0 01110 0 10 Rm 00 111 1 Rn Rd [FEAT_FP16]
FMINNM_vh  0 Q 0 01110 1 10 Rm 00 000 1 Rn Rd [FEAT_FP16]
FMLS_vh    0 Q 0 01110 1 10 Rm 00 001 1 Rn Rd [FEAT_FP16]
FSUB_vh    0 Q 0 01110 1 10 Rm 00 010 1 Rn Rd [FEAT_FP16]
FMIN_vh    0 Q 0 01110 1 10 Rm 00 110 1 Rn Rd [FEAT_FP16]
FRSQRTS_vh 0 Q 0 01110 1 10 Rm 00 111 1 Rn Rd [FEAT_FP16]
FMAXNMP_vh 0 Q 1 01110 0 10 Rm 00 000 1 Rn Rd [FEAT_FP16]
FADDP_vh   0 Q 1 01110 0 10 Rm 00 010 1 Rn Rd [FEAT_FP16]
FMUL_vh    0 Q 1 01110 0 10 Rm 00 011 1 Rn Rd [FEAT_FP16]
FCMGE_vh   0 Q 1 01110 0 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FACGE_vh   0 Q 1 01110 0 10 Rm 00 101 1 Rn Rd [FEAT_FP16]
FMAXP_vh   0 Q 1 01110 0 10 Rm 00 110 1 Rn Rd [FEAT_FP16]
FDIV_vh    0 Q 1 01110 0 10 Rm 00 111 1 Rn Rd [FEAT_FP16]
FMINNMP_vh 0 Q 1 01110 1 10 Rm 00 000 1 Rn Rd [FEAT_FP16]
FABD_vh    0 Q 1 01110 1 10 Rm 00 010 1 Rn Rd [FEAT_FP16]
FCMGT_vh   0 Q 1 01110 1 10 Rm 00 100 1 Rn Rd [FEAT_FP16]
FACGT_vh   0 Q 1 01110 1 10 Rm 00 101 1 Rn Rd [FEAT_FP16]
FMINP_vh   0 Q 1 01110 1 10 Rm 00 110 1 Rn Rd [FEAT_FP16]

### Advanced SIMD two-register miscellaneous (FP16)

FRINTN_vh  0 Q 0 01110 0 111100 11000 10 Rn Rd [FEAT_FP16]
FRINTM_vh  0 Q 0 01110 0 111100 11001 10 Rn Rd [FEAT_FP16]
FCVTNS_vh  0 Q 0 01110 0 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTMS_vh  0 Q 0 01110 0 111100 11011 10 Rn Rd [FEAT_FP16]
FCVTAS_vh  0 Q 0 01110 0 111100 11100 10 Rn Rd [FEAT_FP16]
SCVTF_vh   0 Q 0 01110 0 111100 11101 10 Rn Rd [FEAT_FP16]
FCMGT_vhz  0 Q 0 01110 1 111100 01100 10 Rn Rd [FEAT_FP16]
FCMEQ_vhz  0 Q 0 01110 1 111100 01101 10 Rn Rd [FEAT_FP16]
FCMLT_vhz  0 Q 0 01110 1 111100 01110 10 Rn Rd [FEAT_FP16]
FABS_vh    0 Q 0 01110 1 111100 01111 10 Rn Rd [FEAT_FP16]
FRINTP_vh  0 Q 0 01110 1 111100 11000 10 Rn Rd [FEAT_FP16]
FRINTZ_vh  0 Q 0 01110 1 111100 11001 10 Rn Rd [FEAT_FP16]
FCVTPS_vh  0 Q 0 01110 1 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTZS_vh  0 Q 0 01110 1 111100 11011 10 Rn Rd [FEAT_FP16]
FRECPE_vh  0 Q 0 01110 1 111100 11101 10 Rn Rd [FEAT_FP16]
FRINTA_vh  0 Q 1 01110 0 111100 11000 10 Rn Rd [FEAT_FP16]
FRINTX_vh  0 Q 1 01110 0 111100 11001 10 Rn Rd [FEAT_FP16]
FCVTNU_vh  0 Q 1 01110 0 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTMU_vh  0 Q 1 01110 0 111100 11011 10 Rn Rd [FEAT_FP16]
FCVTAU_vh  0 Q 1 01110 0 111100 11100 10 Rn Rd [FEAT_FP16]
UCVTF_vh   0 Q 1 01110 0 111100 11101 10 Rn Rd [FEAT_FP16]
FCMGE_vhz  0 Q 1 01110 1 111100 01100 10 Rn Rd [FEAT_FP16]
FCMLE_vhz  0 Q 1 01110 1 111100 01101 10 Rn Rd [FEAT_FP16]
FNEG_vh    0 Q 1 01110 1 111100 01111 10 Rn Rd [FEAT_FP16]
FRINTI_vh  0 Q 1 01110 1 111100 11001 10 Rn Rd [FEAT_FP16]
FCVTPU_vh  0 Q 1 01110 1 111100 11010 10 Rn Rd [FEAT_FP16]
FCVTZU_vh  0 Q 1 01110 1 111100 11011 10 Rn Rd [FEAT_FP16]
FRSQRTE_vh 0 Q 1 01110 1 111100 11101 10 Rn Rd [FEAT_FP16]
FSQRT_vh   0 Q 1 01110 1 111100 11111 10 Rn Rd [FEAT_FP16]

### Advanced SIMD three-register extension

SDOT_v     0 Q 0 01110 10 0 Rm 1 0010 1 Rn Rd [FEAT_DotProd]
USDOT_v    0 Q 0 01110 10 0 Rm 1 0011 1 Rn Rd [FEAT_I8MM]
SQRDMLAH_v 0 Q 1 01110 size 0 Rm 1 0000 1 Rn Rd @size12 [FEAT_RDM]
SQRDMLSH_v 0 Q 1 01110 size 0 Rm 1 0001 1 Rn Rd @size12 [FEAT_RDM]
UDOT_v     0 Q 1 01110 10 0 Rm 1 0010 1 Rn Rd [FEAT_DotProd]
FCMLA_v    0 Q 1 01110 size 0 Rm 1 10 rot:2 1 Rn Rd !size=00 @no1D [FEAT_FCMA]
FCADD_v    0 Q 1 01110 size 0 Rm 1 11 rot:1 0 1 Rn Rd !size=00 @no1D [FEAT_FCMA]
BFDOT_v    0 Q 1 01110 01 0 Rm 1 1111 1 Rn Rd [FEAT_BF16]
BFMLAL_v   0 Q 1 01110 11 0 Rm 1 1111 1 Rn Rd [FEAT_BF16] ; BFMLALB, BFMLALT (Q)
SMMLA      0 1 0 01110 10 0 Rm 1 0100 1 Rn Rd [FEAT_I8MM]
USMMLA     0 1 0 01110 10 0 Rm 1 0101 1 Rn Rd [FEAT_I8MM]
BFMMLA     0 1 1 01110 01 0 Rm 1 1101 1 Rn Rd [FEAT_BF16]
UMMLA      0 1 1 01110 10 0 Rm 1 0100 1 Rn Rd [FEAT_I8MM]

### Advanced SIMD two-register miscellaneous

REV64_v    0 Q 0 01110 size 10000 00000 10 Rn Rd !size=11
REV16_v    0 Q 0 01110 00 10000 00001 10 Rn Rd
SADDLP_v   0 Q 0 01110 size 10000 00010 10 Rn Rd !size=11
SUQADD_v   0 Q 0 01110 size 10000 00011 10 Rn Rd @no1D
CLS_v      0 Q 0 01110 size 10000 00100 10 Rn Rd !size=11
CNT_v      0 Q 0 01110 00 10000 00101 10 Rn Rd
SADALP_v   0 Q 0 01110 size 10000 00110 10 Rn Rd !size=11
SQABS_v    0 Q 0 01110 size 10000 00111 10 Rn Rd @no1D
CMGT_vz    0 Q 0 01110 size 10000 01000 10 Rn Rd @no1D
CMEQ_vz    0 Q 0 01110 size 10000 01001 10 Rn Rd @no1D
CMLT_vz    0 Q 0 01110 size 10000 01010 10 Rn Rd @no1D
ABS_v      0 Q 0 01110 size 10000 01011 10 Rn Rd @no1D
XTN_v      0 Q 0 01110 size 10000 10010 10 Rn Rd !size=11 ; XTN, XTN2
SQXTN_v    0 Q 0 01110 size 10000 10100 10 Rn Rd !size=11 ; SQXTN, SQXTN2
FCVTN_v    0 Q 0 01110 0 sz:1 10000 10110 10 Rn Rd ; FCVTN, FCVTN2
FCVTL_v    0 Q 0 01110 0 sz:1 10000 10111 10 Rn Rd ; FCVTL, FCVTL2
FRINTN_v   0 Q 0 01110 0 sz:1 10000 11000 10 Rn Rd @fp1D
FRINTM_v   0 Q 0 01110 0 sz:1 10000 11001 10 Rn Rd @fp1D
FCVTNS_v   0 Q 0 01110 0 sz:1 10000 11010 10 Rn Rd @fp1D
FCVTMS_v   0 Q 0 01110 0 sz:1 10000 11011 10 Rn Rd @fp1D
FCVTAS_v   0 Q 0 01110 0 sz:1 10000 11100 10 Rn Rd @fp1D
SCVTF_v    0 Q 0 01110 0 sz:1 10000 11101 10 Rn Rd @fp1D
FRINT32Z_v 0 Q 0 01110 0 sz:1 10000 11110 10 Rn Rd @fp1D [FEAT_FRINTTS]
FRINT64Z_v 0 Q 0 01110 0 sz:1 10000 11111 10 Rn Rd @fp1D [FEAT_FRINTTS]
FCMGT_vz   0 Q 0 01110 1 sz:1 10000 01100 10 Rn Rd @fp1D
FCMEQ_vz   0 Q 0 01110 1 sz:1 10000 01101 10 Rn Rd @fp1D
FCMLT_vz   0 Q 0 01110 1 sz:1 10000 01110 10 Rn Rd @fp1D
FABS_v     0 Q 0 01110 1 sz:1 10000 01111 10 Rn Rd @fp1D
BFCVTN_v   0 Q 0 01110 10 10000 10110 10 Rn Rd [FEAT_BF16] ; BFCVTN, BFCVTN2
FRINTP_v   0 Q 0 01110 1 sz:1 10000 11000 10 Rn Rd @fp1D
FRINTZ_v   0 Q 0 01110 1 sz:1 10000 11001 10 Rn Rd @fp1D
FCVTPS_v   0 Q 0 01110 1 sz:1 10000 11010 10 Rn Rd @fp1D
FCVTZS_v   0 Q 0 01110 1 sz:1 10000 11011 10 Rn Rd @fp1D
URECPE_v   0 Q 0 01110 10 10000 11100 10 Rn Rd
FRECPE_v   0 Q 0 01110 1 sz:1 10000 11101 10 Rn Rd @fp1D
REV32_v    0 Q 1 01110 size 10000 00000 10 Rn Rd !size=1x
UADDLP_v   0 Q 1 01110 size 10000 00010 10 Rn Rd !size=11
USQADD_v   0 Q 1 01110 size 10000 00011 10 Rn Rd @no1D
CLZ_v      0 Q 1 01110 size 10000 00100 10 Rn Rd !size=11
NOT_v      0 Q 1 01110 00 10000 00101 10 Rn Rd
RBIT_v     0 Q 1 01110 01 10000 00101 10 Rn Rd
UADALP_v   0 Q 1 01110 size 10000 00110 10 Rn Rd !size=11
SQNEG_v    0 Q 1 01110 size 10000 00111 10 Rn Rd @no1D
CMGE_vz    0 Q 1 01110 size 10000 01000 10 Rn Rd @no1D
CMLE_vz    0 Q 1 01110 size 10000 01001 10 Rn Rd @no1D
NEG_v      0 Q 1 01110 size 10000 01011 10 Rn Rd @no1D
SQXTUN_v   0 Q 1 01110 size 10000 10010 10 Rn Rd !size=11 ; SQXTUN, SQXTUN2
SHLL_v     0 Q 1 01110 size 10000 10011 10 Rn Rd !size=11 ; SHLL, SHLL2
UQXTN_v    0 Q 1 01110 size 10000 10100 10 Rn Rd !size=11 ; UQXTN, UQXTN2
FCVTXN_v   0 Q 1 01110 01 10000 10110 10 Rn Rd ; FCVTXN, FCVTXN2
FRINTA_v   0 Q 1 01110 0 sz:1 10000 11000 10 Rn Rd @fp1D
FRINTX_v   0 Q 1 01110 0 sz:1 10000 11001 10 Rn Rd @fp1D
FCVTNU_v   0 Q 1 01110 0 sz:1 10000 11010 10 Rn Rd @fp1D
FCVTMU_v   0 Q 1 01110 0 sz:1 10000 11011 10 Rn Rd @fp1D
FCVTAU_v   0 Q 1 01110 0 sz:1 10000 11100 10 Rn Rd @fp1D
UCVTF_v    0 Q 1 01110 0 sz:1 10000 11101 10 Rn Rd @fp1D
FRINT32X_v 0 Q 1 01110 0 sz:1 10000 11110 10 Rn Rd @fp1D [FEAT_FRINTTS]
FRINT64X_v 0 Q 1 01110 0 sz:1 10000 11111 10 Rn Rd @fp1D [FEAT_FRINTTS]
FCMGE_vz   0 Q 1 01110 1 sz:1 10000 01100 10 Rn Rd @fp1D
FCMLE_vz   0 Q 1 01110 1 sz:1 10000 01101 10 Rn Rd @fp1D
FNEG_v     0 Q 1 01110 1 sz:1 10000 01111 10 Rn Rd @fp1D
FRINTI_v   0 Q 1 01110 1 sz:1 10000 11001 10 Rn Rd @fp1D
FCVTPU_v   0 Q 1 01110 1 sz:1 10000 11010 10 Rn Rd @fp1D
FCVTZU_v   0 Q 1 01110 1 sz:1 10000 11011 10 Rn Rd @fp1D
URSQRTE_v  0 Q 1 01110 10 10000 11100 10 Rn Rd
FRSQRTE_v  0 Q 1 01110 1 sz:1 10000 11101 10 Rn Rd @fp1D
FSQRT_v    0 Q 1 01110 1 sz:1 10000 11111 10 Rn Rd @fp1D

### Advanced SIMD across lanes

SADDLV     0 Q 0 01110 size 11000 00011 10 Rn Rd !size=11 !size=10,Q=0
SMAXV      0 Q 0 01110 size 11000 01010 10 Rn Rd !size=11 !size=10,Q=0
SMINV      0 Q 0 01110 size 11000 11010 10 Rn Rd !size=11 !size=10,Q=0
ADDV       0 Q 0 01110 size 11000 11011 10 Rn Rd !size=11 !size=10,Q=0
FMAXNMV_h  0 Q 0 01110 00 11000 01100 10 Rn Rd [FEAT_FP16] ; FMAXNMV, half precision
FMAXV_h    0 Q 0 01110 00 11000 01111 10 Rn Rd [FEAT_FP16] ; FMAXV, half precision
FMINNMV_h  0 Q 0 01110 10 11000 01100 10 Rn Rd [FEAT_FP16] ; FMINNMV, half precision
FMINV_h    0 Q 0 01110 10 11000 01111 10 Rn Rd [FEAT_FP16] ; FMINV, half precision
UADDLV     0 Q 1 01110 size 11000 00011 10 Rn Rd !size=11 !size=10,Q=0
UMAXV      0 Q 1 01110 size 11000 01010 10 Rn Rd !size=11 !size=10,Q=0
UMINV      0 Q 1 01110 size 11000 11010 10 Rn Rd !size=11 !size=10,Q=0
FMAXNMV    0 1 1 01110 00 11000 01100 10 Rn Rd
FMAXV      0 1 1 01110 00 11000 01111 10 Rn Rd
FMINNMV    0 1 1 01110 10 11000 01100 10 Rn Rd
FMINV      0 1 1 01110 10 11000 01111 10 Rn Rd

### Advanced SIMD three different
# Q set is the manual's ...2 form (upper half).

SADDL_v    0 Q 0 01110 size 1 Rm 0000 00 Rn Rd !size=11
SADDW_v    0 Q 0 01110 size 1 Rm 0001 00 Rn Rd !size=11
SSUBL_v    0 Q 0 01110 size 1 Rm 0010 00 Rn Rd !size=11
SSUBW_v    0 Q 0 01110 size 1 Rm 0011 00 Rn Rd !size=11
ADDHN_v    0 Q 0 01110 size 1 Rm 0100 00 Rn Rd !size=11
SABAL_v    0 Q 0 01110 size 1 Rm 0101 00 Rn Rd !size=11
SUBHN_v    0 Q 0 01110 size 1 Rm 0110 00 Rn Rd !size=11
SABDL_v    0 Q 0 01110 size 1 Rm 0111 00 Rn Rd !size=11
SMLAL_v    0 Q 0 01110 size 1 Rm 1000 00 Rn Rd !size=11
SQDMLAL_v  0 Q 0 01110 size 1 Rm 1001 00 Rn Rd @size12
SMLSL_v    0 Q 0 01110 size 1 Rm 1010 00 Rn Rd !size=11
SQDMLSL_v  0 Q 0 01110 size 1 Rm 1011 00 Rn Rd @size12
SMULL_v    0 Q 0 01110 size 1 Rm 1100 00 Rn Rd !size=11
SQDMULL_v  0 Q 0 01110 size 1 Rm 1101 00 Rn Rd @size12
PMULL_v    0 Q 0 01110 00 1 Rm 1110 00 Rn Rd
PMULL_vd   0 Q 0 01110 11 1 Rm 1110 00 Rn Rd [FEAT_PMULL] ; PMULL, PMULL2, 64 x 64 -> 128 bits
UADDL_v    0 Q 1 01110 size 1 Rm 0000 00 Rn Rd !size=11
UADDW_v    0 Q 1 01110 size 1 Rm 0001 00 Rn Rd !size=11
USUBL_v    0 Q 1 01110 size 1 Rm 0010 00 Rn Rd !size=11
USUBW_v    0 Q 1 01110 size 1 Rm 0011 00 Rn Rd !size=11
RADDHN_v   0 Q 1 01110 size 1 Rm 0100 00 Rn Rd !size=11
UABAL_v    0 Q 1 01110 size 1 Rm 0101 00 Rn Rd !size=11
RSUBHN_v   0 Q 1 01110 size 1 Rm 0110 00 Rn Rd !size=11
UABDL_v    0 Q 1 01110 size 1 Rm 0111 00 Rn Rd !size=11
UMLAL_v    0 Q 1 01110 size 1 Rm 1000 00 Rn Rd !size=11
UMLSL_v    0 Q 1 01110 size 1 Rm 1010 00 Rn Rd !size=11
UMULL_v    0 Q 1 01110 size 1 Rm 1100 00 Rn Rd !size=11

### Advanced SIMD three same

SHADD_v    0 Q 0 01110 size 1 Rm 00000 1 Rn Rd !size=11
SQADD_v    0 Q 0 01110 size 1 Rm 00001 1 Rn Rd @no1D
SRHADD_v   0 Q 0 01110 size 1 Rm 00010 1 Rn Rd !size=11
SHSUB_v    0 Q 0 01110 size 1 Rm 00100 1 Rn Rd !size=11
SQSUB_v    0 Q 0 01110 size 1 Rm 00101 1 Rn Rd @no1D
CMGT_v     0 Q 0 01110 size 1 Rm 00110 1 Rn Rd @no1D
CMGE_v     0 Q 0 01110 size 1 Rm 00111 1 Rn Rd @no1D
SSHL_v     0 Q 0 01110 size 1 Rm 01000 1 Rn Rd @no1D
SQSHL_v    0 Q 0 01110 size 1 Rm 01001 1 Rn Rd @no1D
SRSHL_v    0 Q 0 01110 size 1 Rm 01010 1 Rn Rd @no1D
SQRSHL_v   0 Q 0 01110 size 1 Rm 01011 1 Rn Rd @no1D
SMAX_v     0 Q 0 01110 size 1 Rm 01100 1 Rn Rd !size=11
SMIN_v     0 Q 0 01110 size 1 Rm 01101 1 Rn Rd !size=11
SABD_v     0 Q 0 01110 size 1 Rm 01110 1 Rn Rd !size=11
SABA_v     0 Q 0 01110 size 1 Rm 01111 1 Rn Rd !size=11
ADD_v      0 Q 0 01110 size 1 Rm 10000 1 Rn Rd @no1D
CMTST_v    0 Q 0 01110 size 1 Rm 10001 1 Rn Rd @no1D
MLA_v      0 Q 0 01110 size 1 Rm 10010 1 Rn Rd !size=11
MUL_v      0 Q 0 01110 size 1 Rm 10011 1 Rn Rd !size=11
SMAXP_v    0 Q 0 01110 size 1 Rm 10100 1 Rn Rd !size=11
SMINP_v    0 Q 0 01110 size 1 Rm 10101 1 Rn Rd !size=11
SQDMULH_v  0 Q 0 01110 size 1 Rm 10110 1 Rn Rd @size12
ADDP_v     0 Q 0 01110 size 1 Rm 10111 1 Rn Rd @no1D
FMAXNM_v   0 Q 0 01110 0 sz:1 1 Rm 11000 1 Rn Rd @fp1D
FMLA_v     0 Q 0 01110 0 sz:1 1 Rm 11001 1 Rn Rd @fp1D
FADD_v     0 Q 0 01110 0 sz:1 1 Rm 11010 1 Rn Rd @fp1D
FMULX_v    0 Q 0 01110 0 sz:1 1 Rm 11011 1 Rn Rd @fp1D
FCMEQ_v    0 Q 0 01110 0 sz:1 1 Rm 11100 1 Rn Rd @fp1D
FMLAL_v    0 Q 0 01110 00 1 Rm 11101 1 Rn Rd [FEAT_FHM]
FMAX_v     0 Q 0 01110 0 sz:1 1 Rm 11110 1 Rn Rd @fp1D
FRECPS_v   0 Q 0 01110 0 sz:1 1 Rm 11111 1 Rn Rd @fp1D
AND_v      0 Q 0 01110 00 1 Rm 00011 1 Rn Rd
BIC_v      0 Q 0 01110 01 1 Rm 00011 1 Rn Rd
FMINNM_v   0 Q 0 01110 1 sz:1 1 Rm 11000 1 Rn Rd @fp1D
FMLS_v     0 Q 0 01110 1 sz:1 1 Rm 11001 1 Rn Rd @fp1D
FSUB_v     0 Q 0 01110 1 sz:1 1 Rm 11010 1 Rn Rd @fp1D
FMLSL_v    0 Q 0 01110 10 1 Rm 11101 1 Rn Rd [FEAT_FHM]
FMIN_v     0 Q 0 01110 1 sz:1 1 Rm 11110 1 Rn Rd @fp1D
FRSQRTS_v  0 Q 0 01110 1 sz:1 1 Rm 11111 1 Rn Rd @fp1D
ORR_v      0 Q 0 01110 10 1 Rm 00011 1 Rn Rd
ORN_v      0 Q 0 01110 11 1 Rm 00011 1 Rn Rd
UHADD_v    0 Q 1 01110 size 1 Rm 00000 1 Rn Rd !size=11
UQADD_v    0 Q 1 01110 size 1 Rm 00001 1 Rn Rd @no1D
URHADD_v   0 Q 1 01110 size 1 Rm 00010 1 Rn Rd !size=11
UHSUB_v    0 Q 1 01110 size 1 Rm 00100 1 Rn Rd !size=11
UQSUB_v    0 Q 1 01110 size 1 Rm 00101 1 Rn Rd @no1D
CMHI_v     0 Q 1 01110 size 1 Rm 00110 1 Rn Rd @no1D
CMHS_v     0 Q 1 01110 size 1 Rm 00111 1 Rn Rd @no1D
USHL_v     0 Q 1 01110 size 1 Rm 01000 1 Rn Rd @no1D
UQSHL_v    0 Q 1 01110 size 1 Rm 01001 1 Rn Rd @no1D
URSHL_v    0 Q 1 01110 size 1 Rm 01010 1 Rn Rd @no1D
UQRSHL_v   0 Q 1 01110 size 1 Rm 01011 1 Rn Rd @no1D
UMAX_v     0 Q 1 01110 size 1 Rm 01100 1 Rn Rd !size=11
UMIN_v     0 Q 1 01110 size 1 Rm 01101 1 Rn Rd !size=11
UABD_v     0 Q 1 01110 size 1 Rm 01110 1 Rn Rd !size=11
UABA_v     0 Q 1 01110 size 1 Rm 01111 1 Rn Rd !size=11
SUB_v      0 Q 1 01110 size 1 Rm 10000 1 Rn Rd @no1D
CMEQ_v     0 Q 1 01110 size 1 Rm 10001 1 Rn Rd @no1D
MLS_v      0 Q 1 01110 size 1 Rm 10010 1 Rn Rd !size=11
PMUL_v     0 Q 1 01110 00 1 Rm 10011 1 Rn Rd
UMAXP_v    0 Q 1 01110 size 1 Rm 10100 1 Rn Rd !size=11
UMINP_v    0 Q 1 01110 size 1 Rm 10101 1 Rn Rd !size=11
SQRDMULH_v 0 Q 1 01110 size 1 Rm 10110 1 Rn Rd @size12
FMAXNMP_v  0 Q 1 01110 0 sz:1 1 Rm 11000 1 Rn Rd @fp1D
FMLAL2_v   0 Q 1 01110 00 1 Rm 11001 1 Rn Rd [FEAT_FHM]
FADDP_v    0 Q 1 01110 0 sz:1 1 Rm 11010 1 Rn Rd @fp1D
FMUL_v     0 Q 1 01110 0 sz:1 1 Rm 11011 1 Rn Rd @fp1D
FCMGE_v    0 Q 1 01110 0 sz:1 1 Rm 11100 1 Rn Rd @fp1D
FACGE_v    0 Q 1 01110 0 sz:1 1 Rm 11101 1 Rn Rd @fp1D
FMAXP_v    0 Q 1 01110 0 sz:1 1 Rm 11110 1 Rn Rd @fp1D
FDIV_v     0 Q 1 01110 0 sz:1 1 Rm 11111 1 Rn Rd @fp1D
EOR_v      0 Q 1 01110 00 1 Rm 00011 1 Rn Rd
BSL_v      0 Q 1 01110 01 1 Rm 00011 1 Rn Rd
FMINNMP_v  0 Q 1 01110 1 sz:1 1 Rm 11000 1 Rn Rd @fp1D
FMLSL2_v   0 Q 1 01110 10 1 Rm 11001 1 Rn Rd [FEAT_FHM]
FABD_v     0 Q 1 01110 1 sz:1 1 Rm 11010 1 Rn Rd @fp1D
FCMGT_v    0 Q 1 01110 1 sz:1 1 Rm 11100 1 Rn Rd @fp1D
FACGT_v    0 Q 1 01110 1 sz:1 1 Rm 11101 1 Rn Rd @fp1D
FMINP_v    0 Q 1 01110 1 sz:1 1 Rm 11110 1 Rn Rd @fp1D
BIT_v      0 Q 1 01110 10 1 Rm 00011 1 Rn Rd
BIF_v      0 Q 1 01110 11 1 Rm 00011 1 Rn Rd

### Advanced SIMD modified immediate

MOVI_vi    0 Q 0 0111100000 abc:3 cmode:4 01 defgh:5 Rd !cmode=0xx1 !cmode=10x1 !cmode=1111 ; MOVI, 8, 16 and 32 bits
ORR_vi     0 Q 0 0111100000 abc:3 cmode:4 01 defgh:5 Rd !cmode=xxx0 !cmode=11xx ; ORR (vector, immediate)
FMOV_vi    0 Q 0 0111100000 abc:3 1111 01 defgh:5 Rd ; FMOV (vector, immediate), single precision
FMOV_vhi   0 Q 0 0111100000 abc:3 1111 11 defgh:5 Rd [FEAT_FP16] ; FMOV (vector, immediate), half precision
MVNI_vi    0 Q 1 0111100000 abc:3 cmode:4 01 defgh:5 Rd !cmode=0xx1 !cmode=10x1 !cmode=111x ; MVNI
BIC_vi     0 Q 1 0111100000 abc:3 cmode:4 01 defgh:5 Rd !cmode=xxx0 !cmode=11xx ; BIC (vector, immediate)
MOVI_vdi   0 Q 1 0111100000 abc:3 1110 01 defgh:5 Rd ; MOVI, 64 bits
FMOV_vdi   0 1 1 0111100000 abc:3 1111 01 defgh:5 Rd ; FMOV (vector, immediate), double precision

### Advanced SIMD shift by immediate

SSHR_vi    0 Q 0 011110 immh:4 immb:3 00000 1 Rn Rd @immhV
SSRA_vi    0 Q 0 011110 immh:4 immb:3 00010 1 Rn Rd @immhV
SRSHR_vi   0 Q 0 011110 immh:4 immb:3 00100 1 Rn Rd @immhV
SRSRA_vi   0 Q 0 011110 immh:4 immb:3 00110 1 Rn Rd @immhV
SHL_vi     0 Q 0 011110 immh:4 immb:3 01010 1 Rn Rd @immhV
SQSHL_vi   0 Q 0 011110 immh:4 immb:3 01110 1 Rn Rd @immhV
SHRN_vi    0 Q 0 011110 immh:4 immb:3 10000 1 Rn Rd @immhN
RSHRN_vi   0 Q 0 011110 immh:4 immb:3 10001 1 Rn Rd @immhN
SQSHRN_vi  0 Q 0 011110 immh:4 immb:3 10010 1 Rn Rd @immhN
SQRSHRN_vi 0 Q 0 011110 immh:4 immb:3 10011 1 Rn Rd @immhN
SSHLL_vi   0 Q 0 011110 immh:4 immb:3 10100 1 Rn Rd @immhN
SCVTF_vi   0 Q 0 011110 immh:4 immb:3 11100 1 Rn Rd @immhF !immh=1xxx,Q=0
FCVTZS_vi  0 Q 0 011110 immh:4 immb:3 11111 1 Rn Rd @immhF !immh=1xxx,Q=0
USHR_vi    0 Q 1 011110 immh:4 immb:3 00000 1 Rn Rd @immhV
USRA_vi    0 Q 1 011110 immh:4 immb:3 00010 1 Rn Rd @immhV
URSHR_vi   0 Q 1 011110 immh:4 immb:3 00100 1 Rn Rd @immhV
URSRA_vi   0 Q 1 011110 immh:4 immb:3 00110 1 Rn Rd @immhV
SRI_vi     0 Q 1 011110 immh:4 immb:3 01000 1 Rn Rd @immhV
SLI_vi     0 Q 1 011110 immh:4 immb:3 01010 1 Rn Rd @immhV
SQSHLU_vi  0 Q 1 011110 immh:4 immb:3 01100 1 Rn Rd @immhV
UQSHL_vi   0 Q 1 011110 immh:4 immb:3 01110 1 Rn Rd @immhV
SQSHRUN_vi 0 Q 1 011110 immh:4 immb:3 10000 1 Rn Rd @immhN
SQRSHRUN_vi 0 Q 1 011110 immh:4 immb:3 10001 1 Rn Rd @immhN
UQSHRN_vi  0 Q 1 011110 immh:4 immb:3 10010 1 Rn Rd @immhN
UQRSHRN_vi 0 Q 1 011110 immh:4 immb:3 10011 1 Rn Rd @immhN
USHLL_vi   0 Q 1 011110 immh:4 immb:3 10100 1 Rn Rd @immhN
UCVTF_vi   0 Q 1 011110 immh:4 immb:3 11100 1 Rn Rd @immhF !immh=1xxx,Q=0
FCVTZU_vi  0 Q 1 011110 immh:4 immb:3 11111 1 Rn Rd @immhF !immh=1xxx,Q=0

### Advanced SIMD vector x indexed element

SMLAL_ve    0 Q 0 01111 size L:1 M:1 Rm4:4 0010 H:1 0 Rn Rd @size12
SQDMLAL_ve  0 Q 0 01111 size L:1 M:1 Rm4:4 0011 H:1 0 Rn Rd @size12
SMLSL_ve    0 Q 0 01111 size L:1 M:1 Rm4:4 0110 H:1 0 Rn Rd @size12
SQDMLSL_ve  0 Q 0 01111 size L:1 M:1 Rm4:4 0111 H:1 0 Rn Rd @size12
MUL_ve      0 Q 0 01111 size L:1 M:1 Rm4:4 1000 H:1 0 Rn Rd @size12
SMULL_ve    0 Q 0 01111 size L:1 M:1 Rm4:4 1010 H:1 0 Rn Rd @size12
SQDMULL_ve  0 Q 0 01111 size L:1 M:1 Rm4:4 1011 H:1 0 Rn Rd @size12
SQDMULH_ve  0 Q 0 01111 size L:1 M:1 Rm4:4 1100 H:1 0 Rn Rd @size12
SQRDMULH_ve 0 Q 0 01111 size L:1 M:1 Rm4:4 1101 H:1 0 Rn Rd @size12
SDOT_ve     0 Q 0 01111 10 L:1 M:1 Rm4:4 1110 H:1 0 Rn Rd [FEAT_DotProd]
SUDOT_ve    0 Q 0 01111 00 L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd [FEAT_I8MM]
BFDOT_ve    0 Q 0 01111 01 L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd [FEAT_BF16]
USDOT_ve    0 Q 0 01111 10 L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd [FEAT_I8MM]
BFMLAL_ve   0 Q 0 01111 11 L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd [FEAT_BF16] ; BFMLALB, BFMLALT (Q)
FMLA_veh    0 Q 0 01111 00 L:1 M:1 Rm4:4 0001 H:1 0 Rn Rd [FEAT_FP16]
FMLS_veh    0 Q 0 01111 00 L:1 M:1 Rm4:4 0101 H:1 0 Rn Rd [FEAT_FP16]
FMUL_veh    0 Q 0 01111 00 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd [FEAT_FP16]
FMLA_ve     0 Q 0 01111 1 sz:1 L:1 M:1 Rm4:4 0001 H:1 0 Rn Rd @elemF @fp1D
FMLS_ve     0 Q 0 01111 1 sz:1 L:1 M:1 Rm4:4 0101 H:1 0 Rn Rd @elemF @fp1D
FMUL_ve     0 Q 0 01111 1 sz:1 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd @elemF @fp1D
FMLAL_ve    0 Q 0 01111 10 L:1 M:1 Rm4:4 0000 H:1 0 Rn Rd [FEAT_FHM]
FMLSL_ve    0 Q 0 01111 10 L:1 M:1 Rm4:4 0100 H:1 0 Rn Rd [FEAT_FHM]
MLA_ve      0 Q 1 01111 size L:1 M:1 Rm4:4 0000 H:1 0 Rn Rd @size12
UMLAL_ve    0 Q 1 01111 size L:1 M:1 Rm4:4 0010 H:1 0 Rn Rd @size12
MLS_ve      0 Q 1 01111 size L:1 M:1 Rm4:4 0100 H:1 0 Rn Rd @size12
UMLSL_ve    0 Q 1 01111 size L:1 M:1 Rm4:4 0110 H:1 0 Rn Rd @size12
UMULL_ve    0 Q 1 01111 size L:1 M:1 Rm4:4 1010 H:1 0 Rn Rd @size12
SQRDMLAH_ve 0 Q 1 01111 size L:1 M:1 Rm4:4 1101 H:1 0 Rn Rd @size12 [FEAT_RDM]
UDOT_ve     0 Q 1 01111 10 L:1 M:1 Rm4:4 1110 H:1 0 Rn Rd [FEAT_DotProd]
SQRDMLSH_ve 0 Q 1 01111 size L:1 M:1 Rm4:4 1111 H:1 0 Rn Rd @size12 [FEAT_RDM]
FMULX_veh   0 Q 1 01111 00 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd [FEAT_FP16]
FMULX_ve    0 Q 1 01111 1 sz:1 L:1 M:1 Rm4:4 1001 H:1 0 Rn Rd @elemF @fp1D
FCMLA_ve    0 Q 1 01111 size L:1 M:1 Rm4:4 0 rot:2 1 H:1 0 Rn Rd @size12 !size=01,Q=0,H=1 !size=10,L=1 !size=10,Q=0 [FEAT_FCMA]
FMLAL2_ve   0 Q 1 01111 10 L:1 M:1 Rm4:4 1000 H:1 0 Rn Rd [FEAT_FHM]
FMLSL2_ve   0 Q 1 01111 10 L:1 M:1 Rm4:4 1100 H:1 0 Rn Rd [FEAT_FHM]

### Cryptographic three-register, imm2 and SHA 512
# The imm2 class (SM3TT*) is FEAT_SM3, which is not here.

SHA512H    11001110011 Rm 1 0 00 00 Rn Rd [FEAT_SHA512]
SHA512H2   11001110011 Rm 1 0 00 01 Rn Rd [FEAT_SHA512]
SHA512SU1  11001110011 Rm 1 0 00 10 Rn Rd [FEAT_SHA512]
RAX1       11001110011 Rm 1 0 00 11 Rn Rd [FEAT_SHA3]

### Cryptographic four-register

EOR3       11001110 0 00 Rm 0 Ra Rn Rd [FEAT_SHA3]
BCAX       11001110 0 01 Rm 0 Ra Rn Rd [FEAT_SHA3]

### XAR

XAR        11001110 100 Rm imm6:6 Rn Rd [FEAT_SHA3]

### Cryptographic two-register SHA 512

SHA512SU0  11001110 11000000 1000 00 Rn Rd [FEAT_SHA512]

### Conversion between floating-point and fixed-point

SCVTF_fix  sf 0 0 11110 ptype 0 00 010 scale:6 Rn Rd @fptype !sf=0,scale=0xxxxx ; SCVTF (scalar, fixed-point)
UCVTF_fix  sf 0 0 11110 ptype 0 00 011 scale:6 Rn Rd @fptype !sf=0,scale=0xxxxx ; UCVTF (scalar, fixed-point)
FCVTZS_fix sf 0 0 11110 ptype 0 11 000 scale:6 Rn Rd @fptype !sf=0,scale=0xxxxx ; FCVTZS (scalar, fixed-point)
FCVTZU_fix sf 0 0 11110 ptype 0 11 001 scale:6 Rn Rd @fptype !sf=0,scale=0xxxxx ; FCVTZU (scalar, fixed-point)

### Conversion between floating-point and integer

FCVTNS_f   sf 0 0 11110 ptype 1 00 000 000000 Rn Rd @fptype ; FCVTNS (scalar)
FCVTNU_f   sf 0 0 11110 ptype 1 00 001 000000 Rn Rd @fptype ; FCVTNU (scalar)
SCVTF_f    sf 0 0 11110 ptype 1 00 010 000000 Rn Rd @fptype ; SCVTF (scalar, integer)
UCVTF_f    sf 0 0 11110 ptype 1 00 011 000000 Rn Rd @fptype ; UCVTF (scalar, integer)
FCVTAS_f   sf 0 0 11110 ptype 1 00 100 000000 Rn Rd @fptype ; FCVTAS (scalar)
FCVTAU_f   sf 0 0 11110 ptype 1 00 101 000000 Rn Rd @fptype ; FCVTAU (scalar)
FMOV_togen   sf 0 0 11110 ptype 1 00 110 000000 Rn Rd @fptype !sf=0,ptype=01 !sf=1,ptype=00 ; FMOV (general), from SIMD&FP
FMOV_fromgen sf 0 0 11110 ptype 1 00 111 000000 Rn Rd @fptype !sf=0,ptype=01 !sf=1,ptype=00 ; FMOV (general), to SIMD&FP
FCVTPS_f   sf 0 0 11110 ptype 1 01 000 000000 Rn Rd @fptype ; FCVTPS (scalar)
FCVTPU_f   sf 0 0 11110 ptype 1 01 001 000000 Rn Rd @fptype ; FCVTPU (scalar)
FMOV_tophigh   1 0 0 11110 10 1 01 110 000000 Rn Rd ; FMOV (general), Xd from Vn.D[1]
FMOV_fromhigh  1 0 0 11110 10 1 01 111 000000 Rn Rd ; FMOV (general), Vd.D[1] from Xn
FCVTMS_f   sf 0 0 11110 ptype 1 10 000 000000 Rn Rd @fptype ; FCVTMS (scalar)
FCVTMU_f   sf 0 0 11110 ptype 1 10 001 000000 Rn Rd @fptype ; FCVTMU (scalar)
FCVTZS_f   sf 0 0 11110 ptype 1 11 000 000000 Rn Rd @fptype ; FCVTZS (scalar, integer)
FCVTZU_f   sf 0 0 11110 ptype 1 11 001 000000 Rn Rd @fptype ; FCVTZU (scalar, integer)
FJCVTZS     0 0 0 11110 01 1 11 110 000000 Rn Rd [FEAT_JSCVT]

### Floating-point data-processing (1 source)

FMOV_f     00011110 ptype 1 000000 10000 Rn Rd @fptype ; FMOV (register)
FABS_f     00011110 ptype 1 000001 10000 Rn Rd @fptype ; FABS (scalar)
FNEG_f     00011110 ptype 1 000010 10000 Rn Rd @fptype ; FNEG (scalar)
FSQRT_f    00011110 ptype 1 000011 10000 Rn Rd @fptype ; FSQRT (scalar)
FCVT       00011110 ptype 1 0001 opc:2 10000 Rn Rd @fptype !opc=10 !ptype=00,opc=00 !ptype=01,opc=01 !ptype=11,opc=11
BFCVT      00011110 01 1 000110 10000 Rn Rd [FEAT_BF16]
FRINTN_f   00011110 ptype 1 001000 10000 Rn Rd @fptype ; FRINTN (scalar)
FRINTP_f   00011110 ptype 1 001001 10000 Rn Rd @fptype ; FRINTP (scalar)
FRINTM_f   00011110 ptype 1 001010 10000 Rn Rd @fptype ; FRINTM (scalar)
FRINTZ_f   00011110 ptype 1 001011 10000 Rn Rd @fptype ; FRINTZ (scalar)
FRINTA_f   00011110 ptype 1 001100 10000 Rn Rd @fptype ; FRINTA (scalar)
FRINTX_f   00011110 ptype 1 001110 10000 Rn Rd @fptype ; FRINTX (scalar)
FRINTI_f   00011110 ptype 1 001111 10000 Rn Rd @fptype ; FRINTI (scalar)
FRINT32Z_f 00011110 0 sz:1 1 010000 10000 Rn Rd [FEAT_FRINTTS] ; FRINT32Z (scalar)
FRINT32X_f 00011110 0 sz:1 1 010001 10000 Rn Rd [FEAT_FRINTTS] ; FRINT32X (scalar)
FRINT64Z_f 00011110 0 sz:1 1 010010 10000 Rn Rd [FEAT_FRINTTS] ; FRINT64Z (scalar)
FRINT64X_f 00011110 0 sz:1 1 010011 10000 Rn Rd [FEAT_FRINTTS] ; FRINT64X (scalar)

### Floating-point compare

FCMP       00011110 ptype 1 Rm 001000 Rn 00000 @fptype
FCMP_z     00011110 ptype 1 Rm 001000 Rn 01000 @fptype ; FCMP with zero
FCMPE      00011110 ptype 1 Rm 001000 Rn 10000 @fptype
FCMPE_z    00011110 ptype 1 Rm 001000 Rn 11000 @fptype ; FCMPE with zero

### Floating-point immediate

FMOV_fi    00011110 ptype 1 imm8:8 100 00000 Rd @fptype ; FMOV (scalar, immediate)

### Floating-point conditional compare

FCCMP      00011110 ptype 1 Rm cond 01 Rn 0 nzcv @fptype
FCCMPE     00011110 ptype 1 Rm cond 01 Rn 1 nzcv @fptype

### Floating-point data-processing (2 source)

FMUL_f     00011110 ptype 1 Rm 0000 10 Rn Rd @fptype ; FMUL (scalar)
FDIV_f     00011110 ptype 1 Rm 0001 10 Rn Rd @fptype ; FDIV (scalar)
FADD_f     00011110 ptype 1 Rm 0010 10 Rn Rd @fptype ; FADD (scalar)
FSUB_f     00011110 ptype 1 Rm 0011 10 Rn Rd @fptype ; FSUB (scalar)
FMAX_f     00011110 ptype 1 Rm 0100 10 Rn Rd @fptype ; FMAX (scalar)
FMIN_f     00011110 ptype 1 Rm 0101 10 Rn Rd @fptype ; FMIN (scalar)
FMAXNM_f   00011110 ptype 1 Rm 0110 10 Rn Rd @fptype ; FMAXNM (scalar)
FMINNM_f   00011110 ptype 1 Rm 0111 10 Rn Rd @fptype ; FMINNM (scalar)
FNMUL_f    00011110 ptype 1 Rm 1000 10 Rn Rd @fptype ; FNMUL (scalar)

### Floating-point conditional select

FCSEL      00011110 ptype 1 Rm cond 11 Rn Rd @fptype

### Floating-point data-processing (3 source)

FMADD      00011111 ptype 0 Rm 0 Ra Rn Rd @fptype
FMSUB      00011111 ptype 0 Rm 1 Ra Rn Rd @fptype
FNMADD     00011111 ptype 1 Rm 0 Ra Rn Rd @fptype
FNMSUB     00011111 ptype 1 Rm 1 Ra Rn Rd @fptype
