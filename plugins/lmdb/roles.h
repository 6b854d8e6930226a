/* roles.h - what each file does for core: see <sallyport/records.h> and <sallyport/users.h> */
#pragma once

#include <sallyport/records.h>
#include <sallyport/users.h>

void get_records(struct sp_records_get *get);
void list_records(struct sp_records_list *list);
void commit_records(struct sp_records_commit *commit);

void find_by_identifier(struct sp_users_find *find);
void find_by_id(struct sp_users_find *find);
void page_users(struct sp_users_list *list);
void change_create(struct sp_users_change *change);
void change_update(struct sp_users_change *change);
void change_remove(struct sp_users_change *change);
