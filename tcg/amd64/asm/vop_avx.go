package asm

// AVX, AVX2 and F16C operations without an SSE form.
const (
	VBROADCASTSS   = p38 | rm2 | ve | l256 | t4 | 0x18
	VBROADCASTSD   = p38 | rm2 | ve | l256 | only6 | t8 | ew | 0x19
	VBROADCASTF128 = p38 | rm2 | ve | l256 | only6 | t16 | noReg | 0x1a
	VPBROADCASTB   = p38 | rm2 | ve | l256 | t1 | 0x78 // from a vector register or memory
	VPBROADCASTW   = p38 | rm2 | ve | l256 | t2 | 0x79
	VPBROADCASTD   = p38 | rm2 | ve | l256 | t4 | 0x58
	VPBROADCASTQ   = p38 | rm2 | ve | l256 | t8 | ew | 0x59
	VBROADCASTI128 = p38 | rm2 | ve | l256 | only6 | t16 | noReg | 0x5a
	VPERM2F128     = p3A | rvm | ib | vex | l256 | only6 | 0x06
	VPERM2I128     = p3A | rvm | ib | vex | l256 | only6 | 0x46
	VINSERTF128    = p3A | rvm | ib | ve | l256 | only6 | t16 | 0x18
	VINSERTI128    = p3A | rvm | ib | ve | l256 | only6 | t16 | 0x38
	VEXTRACTF128   = p3A | mr2 | ib | ve | l256 | only6 | t16 | 0x19
	VEXTRACTI128   = p3A | mr2 | ib | ve | l256 | only6 | t16 | 0x39
	VPERMQ         = p3A | rm2 | ib | ve | l256 | only6 | tFV | w1 | 0x00
	VPERMPD        = p3A | rm2 | ib | ve | l256 | only6 | tFV | w1 | 0x01
	VPERMD         = p38 | rvm | ve | l256 | only6 | tFV | 0x36 // the indexes are the first source
	VPERMPS        = p38 | rvm | ve | l256 | only6 | tFV | 0x16
	VPERMILPS      = p38 | rvm | ve | l256 | tFV | 0x0c
	VPERMILPSi     = p3A | rm2 | ib | ve | l256 | tFV | 0x04
	VPERMILPD      = p38 | rvm | ve | l256 | tFV | ew | 0x0d
	VPERMILPDi     = p3A | rm2 | ib | ve | l256 | tFV | ew | 0x05
	VPSLLVD        = p38 | rvm | ve | l256 | tFV | 0x47
	VPSLLVQ        = p38 | rvm | ve | l256 | tFV | w1 | 0x47
	VPSRLVD        = p38 | rvm | ve | l256 | tFV | 0x45
	VPSRLVQ        = p38 | rvm | ve | l256 | tFV | w1 | 0x45
	VPSRAVD        = p38 | rvm | ve | l256 | tFV | 0x46
	VPBLENDD       = p3A | rvm | ib | vex | l256 | 0x02
	VPBLENDVB      = p3A | rvmr | vex | l256 | 0x4c // V4, V4M
	VBLENDVPS      = p3A | rvmr | vex | l256 | 0x4a
	VBLENDVPD      = p3A | rvmr | vex | l256 | 0x4b
	VTESTPS        = p38 | rm2 | vex | l256 | 0x0e
	VTESTPD        = p38 | rm2 | vex | l256 | 0x0f
	VCVTPH2PS      = p38 | rm2 | ve | l256 | tHVM | 0x13 // F16C
	VCVTPS2PH      = p3A | mr2 | ib | ve | l256 | tHVM | 0x1d
)

// FMA3. The digits name the operands of the product and then the addend: 231 is d = x*y + d.
const (
	VFMADDSUB132PS = p38 | rvm | ve | l256 | tFV | 0x96
	VFMADDSUB132PD = p38 | rvm | ve | l256 | tFV | w1 | 0x96
	VFMADDSUB213PS = p38 | rvm | ve | l256 | tFV | 0xa6
	VFMADDSUB213PD = p38 | rvm | ve | l256 | tFV | w1 | 0xa6
	VFMADDSUB231PS = p38 | rvm | ve | l256 | tFV | 0xb6
	VFMADDSUB231PD = p38 | rvm | ve | l256 | tFV | w1 | 0xb6
	VFMSUBADD132PS = p38 | rvm | ve | l256 | tFV | 0x97
	VFMSUBADD132PD = p38 | rvm | ve | l256 | tFV | w1 | 0x97
	VFMSUBADD213PS = p38 | rvm | ve | l256 | tFV | 0xa7
	VFMSUBADD213PD = p38 | rvm | ve | l256 | tFV | w1 | 0xa7
	VFMSUBADD231PS = p38 | rvm | ve | l256 | tFV | 0xb7
	VFMSUBADD231PD = p38 | rvm | ve | l256 | tFV | w1 | 0xb7
	VFMADD132PS    = p38 | rvm | ve | l256 | tFV | 0x98
	VFMADD132PD    = p38 | rvm | ve | l256 | tFV | w1 | 0x98
	VFMADD132SS    = p38 | rvm | ve | t4 | 0x99
	VFMADD132SD    = p38 | rvm | ve | t8 | w1 | 0x99
	VFMADD213PS    = p38 | rvm | ve | l256 | tFV | 0xa8
	VFMADD213PD    = p38 | rvm | ve | l256 | tFV | w1 | 0xa8
	VFMADD213SS    = p38 | rvm | ve | t4 | 0xa9
	VFMADD213SD    = p38 | rvm | ve | t8 | w1 | 0xa9
	VFMADD231PS    = p38 | rvm | ve | l256 | tFV | 0xb8
	VFMADD231PD    = p38 | rvm | ve | l256 | tFV | w1 | 0xb8
	VFMADD231SS    = p38 | rvm | ve | t4 | 0xb9
	VFMADD231SD    = p38 | rvm | ve | t8 | w1 | 0xb9
	VFMSUB132PS    = p38 | rvm | ve | l256 | tFV | 0x9a
	VFMSUB132PD    = p38 | rvm | ve | l256 | tFV | w1 | 0x9a
	VFMSUB132SS    = p38 | rvm | ve | t4 | 0x9b
	VFMSUB132SD    = p38 | rvm | ve | t8 | w1 | 0x9b
	VFMSUB213PS    = p38 | rvm | ve | l256 | tFV | 0xaa
	VFMSUB213PD    = p38 | rvm | ve | l256 | tFV | w1 | 0xaa
	VFMSUB213SS    = p38 | rvm | ve | t4 | 0xab
	VFMSUB213SD    = p38 | rvm | ve | t8 | w1 | 0xab
	VFMSUB231PS    = p38 | rvm | ve | l256 | tFV | 0xba
	VFMSUB231PD    = p38 | rvm | ve | l256 | tFV | w1 | 0xba
	VFMSUB231SS    = p38 | rvm | ve | t4 | 0xbb
	VFMSUB231SD    = p38 | rvm | ve | t8 | w1 | 0xbb
	VFNMADD132PS   = p38 | rvm | ve | l256 | tFV | 0x9c
	VFNMADD132PD   = p38 | rvm | ve | l256 | tFV | w1 | 0x9c
	VFNMADD132SS   = p38 | rvm | ve | t4 | 0x9d
	VFNMADD132SD   = p38 | rvm | ve | t8 | w1 | 0x9d
	VFNMADD213PS   = p38 | rvm | ve | l256 | tFV | 0xac
	VFNMADD213PD   = p38 | rvm | ve | l256 | tFV | w1 | 0xac
	VFNMADD213SS   = p38 | rvm | ve | t4 | 0xad
	VFNMADD213SD   = p38 | rvm | ve | t8 | w1 | 0xad
	VFNMADD231PS   = p38 | rvm | ve | l256 | tFV | 0xbc
	VFNMADD231PD   = p38 | rvm | ve | l256 | tFV | w1 | 0xbc
	VFNMADD231SS   = p38 | rvm | ve | t4 | 0xbd
	VFNMADD231SD   = p38 | rvm | ve | t8 | w1 | 0xbd
	VFNMSUB132PS   = p38 | rvm | ve | l256 | tFV | 0x9e
	VFNMSUB132PD   = p38 | rvm | ve | l256 | tFV | w1 | 0x9e
	VFNMSUB132SS   = p38 | rvm | ve | t4 | 0x9f
	VFNMSUB132SD   = p38 | rvm | ve | t8 | w1 | 0x9f
	VFNMSUB213PS   = p38 | rvm | ve | l256 | tFV | 0xae
	VFNMSUB213PD   = p38 | rvm | ve | l256 | tFV | w1 | 0xae
	VFNMSUB213SS   = p38 | rvm | ve | t4 | 0xaf
	VFNMSUB213SD   = p38 | rvm | ve | t8 | w1 | 0xaf
	VFNMSUB231PS   = p38 | rvm | ve | l256 | tFV | 0xbe
	VFNMSUB231PD   = p38 | rvm | ve | l256 | tFV | w1 | 0xbe
	VFNMSUB231SS   = p38 | rvm | ve | t4 | 0xbf
	VFNMSUB231SD   = p38 | rvm | ve | t8 | w1 | 0xbf
)

// BMI1 and BMI2, on general registers by the X methods; they need the level V3.
const (
	ANDN   = n38 | gRVM | vex | 0xf2 // X3, here to MULX
	PDEP   = d38 | gRVM | vex | 0xf5
	PEXT   = s38 | gRVM | vex | 0xf5
	MULX   = d38 | gRVM | vex | 0xf6
	BEXTR  = n38 | gRMV | vex | 0xf7
	BZHI   = n38 | gRMV | vex | 0xf5
	SHLX   = p38 | gRMV | vex | 0xf7
	SARX   = s38 | gRMV | vex | 0xf7
	SHRX   = d38 | gRMV | vex | 0xf7
	RORX   = d3A | gRM | ib | vex | 0xf0     // X2I
	BLSR   = n38 | gVM | vex | 1*extV | 0xf3 // X2
	BLSMSK = n38 | gVM | vex | 2*extV | 0xf3
	BLSI   = n38 | gVM | vex | 3*extV | 0xf3
)
