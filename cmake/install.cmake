# What `cmake --install` and `make deb` put where. Manual pages and completions
# are printed by the program itself: `ninja meshvet_share` makes them.
include(GNUInstallDirs)

set(share ${PROJECT_BINARY_DIR}/share)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)

add_custom_command(
  OUTPUT ${share}/made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${share}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${share}
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/make_share.sh $<TARGET_FILE:meshvet>
          ${share}
  DEPENDS meshvet ${PROJECT_SOURCE_DIR}/scripts/make_share.sh
  VERBATIM)
add_custom_target(meshvet_share DEPENDS ${share}/made)

install(TARGETS meshvet RUNTIME)
# kubectl runs `kubectl-meshvet` for `kubectl meshvet`.
install(FILES ${share}/kubectl-meshvet TYPE BIN)
install(DIRECTORY ${share}/man/ TYPE MAN)
install(FILES ${share}/meshvet.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME meshvet)
install(FILES ${share}/meshvet.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME kubectl-meshvet)
install(FILES ${share}/meshvet.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md TYPE DOC)
install(DIRECTORY docs examples TYPE DOC)

# Debian has a folder of its own for what packages bring to zsh.
install(FILES ${share}/_meshvet
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
        COMPONENT portable)
install(FILES ${share}/_meshvet
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
        COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME meshvet)
set(CPACK_PACKAGE_CONTACT "The meshvet authors <authors@meshvet.dev>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "vets Istio configuration")
set(CPACK_PACKAGE_DESCRIPTION
    "meshvet vets Istio configuration before it reaches the mesh: offline as a
linter for YAML files, in CI as a gate, and in a cluster as an admission
webhook. It knows what Istio does with a change in the mesh as it is, and says
at the exact field what is wrong.")
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://meshvet.dev/")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${PROJECT_BINARY_DIR};meshvet;program;/;${PROJECT_BINARY_DIR};meshvet;debian;/")
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR}/deb)
include(CPack)
