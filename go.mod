module armature

go 1.26
