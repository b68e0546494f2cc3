# Writes a header with the commit that is built and its date; only when they
# changed, so that nothing is compiled in vain. Where there is no git, as in an
# archive of the sources, SOURCE_DATE_EPOCH is the date.
#
#   cmake -DSOURCE=FOLDER -DHEADER=FILE -P commit.cmake
set(commit "")
set(date "")
execute_process(
  COMMAND git -C ${SOURCE} log -1 --format=%H --abbrev=40
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env TZ=UTC git -C ${SOURCE} log -1 --format=%cd
          --date=format-local:%Y-%m-%d
  OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT date)
  string(TIMESTAMP date "%Y-%m-%d" UTC)
endif()
if(NOT commit)
  set(commit "unknown")
endif()
set(text
    "#define MESHVET_COMMIT \"${commit}\"\n#define MESHVET_DATE \"${date}\"\n")
set(old "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
